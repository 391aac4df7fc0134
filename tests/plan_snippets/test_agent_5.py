"""Plan, "Agent 5: Agent & Tool Tests"."""

import functools

import pytest

from cellwall import ToolDispatcherFactory as AnyDispatcherFactory
from cellwall import UserExecutionContext
from tests.plan_snippets.parts import tools

user_context = UserExecutionContext.create_for_user("user-0")
context1 = UserExecutionContext.create_for_user("user-1")
context2 = UserExecutionContext.create_for_user("user-2")


class ToolDispatcherFactory:
    """The factory, over the tools of this test alone."""

    create_for_user = staticmethod(functools.partial(AnyDispatcherFactory.create_for_user, tools=tools()))


# ruff: noqa: F841
# fmt: off
# Tool dispatcher with user context
tool_dispatcher = ToolDispatcherFactory.create_for_user(user_context)

# Each user gets separate tool instances
async def test_tool_isolation():
    dispatcher1 = ToolDispatcherFactory.create_for_user(context1)
    dispatcher2 = ToolDispatcherFactory.create_for_user(context2)

    # Execute same tool for different users
    result1 = await dispatcher1.execute_tool("calculator", {"op": "add"})
    result2 = await dispatcher2.execute_tool("calculator", {"op": "multiply"})

    # Verify no shared state
    assert dispatcher1._execution_history != dispatcher2._execution_history
# fmt: on


async def test_its_results_are_those_of_the_tool() -> None:
    assert await tool_dispatcher.execute_tool("calculator", {"op": "add"}) == 13
    assert await tool_dispatcher.execute_tool("calculator", {"op": "multiply"}) == 42


async def test_histories_differ_though_the_calls_are_equal() -> None:
    first = ToolDispatcherFactory.create_for_user(context1)
    second = ToolDispatcherFactory.create_for_user(context2)
    for dispatcher in (first, second):
        await dispatcher.execute_tool("calculator", {"op": "add"})
    assert first._execution_history != second._execution_history


async def test_a_shared_dispatcher_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ToolDispatcherFactory, "create_for_user", staticmethod(lambda _: tool_dispatcher))
    with pytest.raises(AssertionError):
        await test_tool_isolation()
