"""Work without a user says why, is logged, happens in no user's request, and agents and tools refuse it."""

import asyncio
import copy
import inspect
import logging
import pickle
from typing import Any

import pytest

from cellwall.runtime.agents import AgentInstanceFactory
from cellwall.runtime.analytics import track_event
from cellwall.runtime.carry import carry
from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.current import activate, current_context
from cellwall.runtime.dispatcher import ToolDispatcherFactory
from cellwall.runtime.errors import CleanupError, ContextClosedError, SystemContextError
from cellwall.runtime.system import SystemContext, system_context
from cellwall.runtime.tools import ToolFactory
from cellwall.runtime.websocket import WebSocketConnectionPool

REASON = "nightly removal of old invoices"


def test_it_is_logged_with_reason_and_place(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "cellwall.system"):
        frame = inspect.currentframe()
        assert frame is not None
        with system_context(REASON) as context:
            line = frame.f_lineno - 1
            assert context.opened_at == f"{__file__}:{line}"
    begin, end = caplog.records
    assert (begin.levelname, end.levelname) == ("WARNING", "INFO")
    for record in (begin, end):
        assert record.name == "cellwall.system"
        assert REASON in record.getMessage() and f"{__file__}:{line}" in record.getMessage()


@pytest.mark.parametrize(
    "reason",
    [
        None,
        "",
        "  ",
        "migration",
        "- -",
        "1 2 3",
        7,
        b"two words",
        "two\nwords forged",
        "two words\x00",
        "w " * 101,
    ],
)
def test_a_reason_in_words_is_needed(reason: Any) -> None:
    with pytest.raises(SystemContextError, match="reason in at least two words"):
        system_context(reason)


class TestInsideAUsersRequest:
    def test_not_made(self, ada: UserExecutionContext) -> None:
        with activate(ada), pytest.raises(SystemContextError, match=ada.request_id):
            system_context(REASON)

    def test_not_entered(self, ada: UserExecutionContext) -> None:
        context = system_context(REASON)
        with activate(ada), pytest.raises(SystemContextError), context:
            pass

    def test_not_used(self, ada: UserExecutionContext) -> None:
        with system_context(REASON) as context:
            with activate(ada):
                with pytest.raises(SystemContextError):
                    context.require_open()
                with pytest.raises(SystemContextError):
                    context.on_cleanup(print)
            context.require_open()

    async def test_not_in_its_tasks_and_carried_threads(self, ada: UserExecutionContext) -> None:
        async def in_task() -> None:
            system_context(REASON)

        with activate(ada):
            task = asyncio.create_task(in_task())
            carried = carry(lambda: system_context(REASON))
        with pytest.raises(SystemContextError):
            await task
        with pytest.raises(SystemContextError):
            await asyncio.get_running_loop().run_in_executor(None, carried)


class TestTheBlock:
    async def test_closes_what_it_opened(self) -> None:
        ended: list[str] = []
        async with system_context(REASON) as context:
            context.on_cleanup(lambda: ended.append("first"))
            context.on_cleanup(lambda: asyncio.sleep(0, ended.append("last")))
            assert not context.closed
        assert ended == ["last", "first"] and context.closed
        with pytest.raises(ContextClosedError):
            context.require_open()
        with pytest.raises(ContextClosedError):
            context.on_cleanup(print)

    def test_without_a_loop(self) -> None:
        ended: list[str] = []
        with system_context(REASON) as context:
            context.on_cleanup(lambda: ended.append("x"))
        assert ended == ["x"]

    def test_what_must_be_awaited_needs_async_with(self) -> None:
        with pytest.raises(CleanupError, match="async with"), system_context(REASON) as context:
            context.on_cleanup(lambda: asyncio.sleep(0))
        assert context.closed

    def test_of_no_use_before(self) -> None:
        context = system_context(REASON)
        with pytest.raises(ContextClosedError, match="by `with`"):
            context.require_open()

    def test_entered_once(self) -> None:
        context = system_context(REASON)
        with context, pytest.raises(ContextClosedError, match="once"), context:
            pass
        with pytest.raises(ContextClosedError), context:
            pass

    def test_ends_after_an_error(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.INFO, "cellwall.system"):
            with pytest.raises(ValueError, match="x"), system_context(REASON) as context:
                raise ValueError("x")
        assert context.closed and "ends" in caplog.text

    def test_users_may_be_served_one_after_the_other(
        self, ada: UserExecutionContext, bob: UserExecutionContext
    ) -> None:
        with system_context(REASON) as context:
            for user in (ada, bob):
                with activate(user):
                    assert current_context() is user
            context.require_open()


async def test_refused_where_a_user_is_needed() -> None:
    agents, tools = AgentInstanceFactory(), ToolFactory()
    agents.registry.register("agent", lambda context: context)
    tools.registry.register("tool", lambda context: context)
    async with system_context(REASON) as made:
        context: Any = made
        assert not isinstance(context, UserExecutionContext)
        for use in (
            lambda: agents.create_agent("agent", context),
            lambda: tools.create_tool("tool", context),
            lambda: ToolDispatcherFactory.create_for_user(context),
            lambda: activate(context),
            lambda: WebSocketConnectionPool().create_emitter(context),
            lambda: track_event("event", user_context=context),
        ):
            with pytest.raises((TypeError, SystemContextError)):
                use()
    assert current_context() is None


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_it_is_not_copied(duplicate: Any) -> None:
    with system_context(REASON) as context, pytest.raises(TypeError, match="not copied"):
        duplicate(context)


def test_nothing_of_it_can_be_set() -> None:
    context: Any = system_context(REASON)
    for name in ("reason", "opened_at", "request_id", "user_id", "role"):
        with pytest.raises(AttributeError):
            setattr(context, name, "other")
    assert isinstance(context, SystemContext) and REASON in repr(context)
