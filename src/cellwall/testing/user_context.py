"""The fixture `user_context`: a fresh context for each test, ended with the test however that goes.

Plugins for async tests tell their fixtures apart by private marks, and this file is the one that knows them.
"""

import sys
from collections.abc import AsyncIterator, Generator
from typing import TYPE_CHECKING, Any, Final, final

import pytest

if TYPE_CHECKING:
    from cellwall.runtime.context import UserExecutionContext


async def _user_context() -> AsyncIterator["UserExecutionContext"]:
    """Give the context of one request of a user whom no other test knows; a fixture of the project of this
    name is taken instead."""
    from cellwall.runtime.context import UserExecutionContext, cleanup_user_context  # noqa: PLC0415  # on first use

    context = UserExecutionContext.create_for_user(**_ids())
    try:
        yield context
    finally:
        await cleanup_user_context(context)


_SIMULATED: Final = "cellwall.testing.many_users.current_user"  # not loaded where nobody is simulated


def _ids() -> dict[str, str]:
    """Give ids that no other test has; those of a simulated user hold values that only it may see."""
    simulated = sys.modules.get(_SIMULATED)
    if simulated is not None and (own := simulated.current_values()) is not None:
        ids: dict[str, str] = own.ids_for(simulated.current_user())
        return ids
    import uuid  # noqa: PLC0415  # pytest itself does not need it

    return {
        "user_id": f"test-user-{uuid.uuid4()}",
        "session_id": f"session-{uuid.uuid4()}",
        "request_id": f"request-{uuid.uuid4()}",
    }


_MARK: Final = "_force_asyncio_fixture"  # what `pytest_asyncio.fixture` marks a function with
_CHOOSER: Final = "cellwall_user_context"  # the plugin that is registered where anyio runs a test
setattr(_user_context, _MARK, True)
user_context: Any = pytest.fixture(name="user_context")(_user_context)


def for_anyio_too(config: Any, items: list[Any]) -> None:
    """Let the fixture be anyio's in tests that anyio runs; where none is, no fixture's set-up pays for it."""
    if config.pluginmanager.has_plugin(_CHOOSER):
        return
    if any("anyio_backend" in getattr(item, "fixturenames", ()) for item in items):
        config.pluginmanager.register(_Chooser(), _CHOOSER)


@final
class _Chooser:
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Generator[None, object, object]:
        """Leave the fixture to anyio's plugin in a test that anyio runs, else to pytest-asyncio."""
        if fixturedef.func is _user_context:
            setattr(_user_context, _MARK, "anyio_backend" not in request.fixturenames)
        return (yield)

    def pytest_unconfigure(self) -> None:
        """Leave it as it was: a later session of this process may have no such test."""
        setattr(_user_context, _MARK, True)
