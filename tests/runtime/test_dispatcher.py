"""A dispatcher works for one request: its tools and its history are nobody else's."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from cellwall import UserExecutionContext, cleanup_user_context
from cellwall.runtime.dispatcher import ToolDispatcher, ToolDispatcherFactory
from cellwall.runtime.errors import ContextClosedError, ToolTimeoutError, UnknownDefinitionError
from cellwall.runtime.tools import ToolFactory


class Notebook:
    def __init__(self, context: UserExecutionContext) -> None:
        self.lines: list[str] = []

    async def execute(self, arguments: Mapping[str, Any]) -> list[str]:
        await asyncio.sleep(0)
        self.lines.append(arguments["line"])
        return list(self.lines)


class Greedy:
    def __init__(self, context: UserExecutionContext) -> None:
        pass

    async def execute(self, arguments: dict[str, Any]) -> None:
        arguments["stolen"] = True
        if "fail" in arguments:
            raise TimeoutError("the tool's own")
        await asyncio.Event().wait()


@pytest.fixture
def tools() -> ToolFactory:
    factory = ToolFactory()
    factory.registry.register("notebook", Notebook)
    factory.registry.register("greedy", Greedy)
    return factory


async def test_users_share_nothing(
    ada: UserExecutionContext, bob: UserExecutionContext, tools: ToolFactory
) -> None:
    first = ToolDispatcherFactory.create_for_user(ada, tools=tools)
    second = ToolDispatcherFactory.create_for_user(bob, tools=tools)
    results = await asyncio.gather(
        *(d.execute_tool("notebook", {"line": d.context.user_id}) for d in (first, second, first))
    )
    assert results == [["ada"], ["bob"], ["ada", "ada"]]
    assert first._execution_history != second._execution_history
    assert {entry.request_id for entry in first._execution_history} == {ada.request_id}
    assert len(second._execution_history) == 1


async def test_two_requests_of_one_user_share_nothing(ada: UserExecutionContext, tools: ToolFactory) -> None:
    again = UserExecutionContext.create_for_user("ada")
    for context in (ada, again):
        dispatcher = ToolDispatcherFactory.create_for_user(context, tools=tools)
        assert await dispatcher.execute_tool("notebook", {"line": "x"}) == ["x"]


async def test_history_is_bounded_and_tells_outcomes(ada: UserExecutionContext, tools: ToolFactory) -> None:
    dispatcher = ToolDispatcherFactory.create_for_user(ada, tools=tools, history_limit=3)
    for number in range(5):
        await dispatcher.execute_tool("notebook", {"line": str(number)})
    with pytest.raises(KeyError):
        await dispatcher.execute_tool("notebook")
    told = [(e.tool, dict(e.arguments), e.outcome) for e in dispatcher._execution_history]
    assert told == [
        ("notebook", {"line": "3"}, "ok"),
        ("notebook", {"line": "4"}, "ok"),
        ("notebook", {}, "KeyError"),
    ]


async def test_arguments_are_the_callers(ada: UserExecutionContext, tools: ToolFactory) -> None:
    dispatcher = ToolDispatcherFactory.create_for_user(ada, tools=tools)
    arguments = {"fail": True}
    with pytest.raises(TimeoutError, match="the tool's own") as caught:
        await dispatcher.execute_tool("greedy", arguments)
    assert not isinstance(caught.value, ToolTimeoutError)
    assert arguments == {"fail": True}
    assert dict(dispatcher._execution_history[0].arguments) == {"fail": True}


async def test_time_limit(ada: UserExecutionContext, tools: ToolFactory) -> None:
    dispatcher = ToolDispatcherFactory.create_for_user(ada, tools=tools, time_limit=0)
    with pytest.raises(ToolTimeoutError, match="greedy"):
        await dispatcher.execute_tool("greedy")
    assert dispatcher._execution_history[0].outcome == "ToolTimeoutError"


async def test_cancelled_calls_are_told(ada: UserExecutionContext, tools: ToolFactory) -> None:
    dispatcher = ToolDispatcherFactory.create_for_user(ada, tools=tools)
    call = asyncio.create_task(dispatcher.execute_tool("greedy"))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert dispatcher._execution_history[0].outcome == "CancelledError"


async def test_unknown_tool(ada: UserExecutionContext, tools: ToolFactory) -> None:
    dispatcher = ToolDispatcherFactory.create_for_user(ada, tools=tools)
    with pytest.raises(UnknownDefinitionError, match="hammer"):
        await dispatcher.execute_tool("hammer", {})


async def test_no_use_after_the_end(ada: UserExecutionContext, tools: ToolFactory) -> None:
    dispatcher = ToolDispatcherFactory.create_for_user(ada, tools=tools)
    await dispatcher.execute_tool("notebook", {"line": "x"})
    await cleanup_user_context(ada)
    with pytest.raises(ContextClosedError):
        await dispatcher.execute_tool("notebook", {"line": "y"})
    with pytest.raises(ContextClosedError):
        ToolDispatcherFactory.create_for_user(ada, tools=tools)
    assert dispatcher._tools == {}
    assert len(dispatcher._execution_history) == 1


def test_a_context_is_needed() -> None:
    made: Any = ToolDispatcher
    with pytest.raises(TypeError):
        made()
