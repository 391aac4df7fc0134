"""Which tests run as many users, which stay as they are, and which cannot and say so."""

import inspect
from dataclasses import dataclass, replace
from typing import Any, Final, final

import pytest

from cellwall.testing.many_users.fixture_plan import USER_CONTEXT, FixturePlan, is_async
from cellwall.testing.many_users.pytest_private import (
    all_names,
    definitions,
    direct_names,
    without_wrapper,
)
from cellwall.testing.many_users.refusal import refuse
from cellwall.testing.many_users.settings import IsolationSettings, with_marker
from cellwall.testing.options import MARKER

_ALONE: Final = "it is no coroutine; --isolation-threads runs it as many in threads"


@final
@dataclass(frozen=True, slots=True)
class Selected:
    """A test that takes `user_context` and is asked to run as many.

    Attributes:
        alone: why it runs as one user all the same; "" when it does not.
    """

    plan: FixturePlan
    settings: IsolationSettings
    alone: str = ""


def select(item: Any, defaults: IsolationSettings) -> Selected | None:
    """Say how the item runs as many; None for a test that is not asked to.

    Raises:
        Refusal: it is asked to, and cannot.
    """
    marker = item.get_closest_marker(MARKER)
    if marker is None and defaults.users < 2:
        return None
    try:
        settings = defaults if marker is None else with_marker(defaults, marker)
    except (ValueError, TypeError) as error:
        pytest.fail(f"cellwall: {error}", pytrace=False)
    if settings.users < 2 or not hasattr(item, "_fixtureinfo"):
        return None
    plan = FixturePlan(lambda name: definitions(item, name))
    names = direct_names(item) if marker is None else all_names(item)
    if not any(plan.reaches_user(name) for name in names):
        if marker is not None and "users" in marker.kwargs:
            refuse(f"it does not take `{USER_CONTEXT}`, so nothing tells its users apart")
        return None
    _check(item, plan)
    if not inspect.iscoroutinefunction(item.obj):
        return _of_plain_function(item, plan, settings)
    return Selected(plan, settings)


def _of_plain_function(item: Any, plan: FixturePlan, settings: IsolationSettings) -> Selected:
    if not settings.threads:
        return Selected(plan, settings, alone=_ALONE)
    for name in all_names(item):
        definition = plan.definition(name, -1)
        if definition is None:
            continue
        function, _ = without_wrapper(definition)
        if is_async(function) and not is_ours(function):
            refuse(f"it is no coroutine, and its fixture {name!r} has to be awaited")
    # The explorer does not control threads.
    return Selected(plan, replace(settings, schedules=None, budget=None, schedule=""))


def is_ours(function: Any) -> bool:
    """Tell whether the function is of Cellwall's own fixtures."""
    return str(getattr(function, "__module__", "")).startswith("cellwall.")


def _check(item: Any, plan: FixturePlan) -> None:
    """Refuse what cannot run as many."""
    if getattr(item, "nofuncargs", False) or (item.cls is not None and _is_test_case(item.cls)):
        refuse("it is a unittest.TestCase, whose set-up knows no fixtures of a user")
    if hasattr(item.obj, "hypothesis") or getattr(item.obj, "is_hypothesis_test", False):
        refuse("Hypothesis runs it many times (@given), and owns its arguments")
    for definition in plan.wider_users(all_names(item)):
        refuse(f"the fixture {definition.argname!r} has the scope {definition.scope}, users live for a test")
    if item.get_closest_marker("trio") is not None or _backend(item) == "trio":
        refuse("it runs on trio, and users run on asyncio")


def _is_test_case(cls: type) -> bool:
    return any(base.__module__.partition(".")[0] == "unittest" for base in cls.__mro__)


def _backend(item: Any) -> str:
    """Give the name of the backend that anyio's plugin chose by a parameter; "" when it did not."""
    callspec = getattr(item, "callspec", None)
    backend = callspec.params.get("anyio_backend") if callspec is not None else None
    return str(backend[0] if isinstance(backend, tuple) else backend or "")
