"""A dispatcher works for one request: its tools and its history are nobody else's."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, ClassVar

import pytest

from cellwall import UserExecutionContext, cleanup_user_context
from cellwall.runtime.bounded_task import abandoned_work
from cellwall.runtime.dispatcher import ToolDispatcher, ToolDispatcherFactory
from cellwall.runtime.errors import (
    ContextClosedError,
    ToolArgumentsError,
    ToolTimeoutError,
    UnknownDefinitionError,
)
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
    create: Any = ToolDispatcherFactory.create_for_user
    for wrong in (None, "ada", {"user_id": "ada"}):
        with pytest.raises(TypeError, match="UserExecutionContext"):
            create(wrong)


class Calculator:
    parameters: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {"op": {"enum": ["add", "multiply"]}, "numbers": {"items": {"type": "number"}}},
        "required": ["op"],
    }

    def __init__(self, context: UserExecutionContext) -> None:
        self.calls = 0

    async def execute(self, arguments: dict[str, Any]) -> int:
        self.calls += 1
        arguments.get("numbers", []).append(self.calls)
        return self.calls


class Stubborn:
    """Catches its cancellation and goes on for a while."""

    def __init__(self, context: UserExecutionContext) -> None:
        self.began = asyncio.Event()

    async def execute(self, arguments: Mapping[str, Any]) -> str:
        self.began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
        return "too late"


@pytest.fixture
def dispatcher(ada: UserExecutionContext, tools: ToolFactory) -> ToolDispatcher:
    tools.registry.register("calculator", Calculator)
    tools.registry.register("stubborn", Stubborn)
    return ToolDispatcherFactory.create_for_user(ada, tools=tools)


class TestArguments:
    async def test_checked_before_the_tool_runs(self, dispatcher: ToolDispatcher) -> None:
        for arguments, said in (
            ({"op": "divide"}, "tool 'calculator': op must be one of 'add', 'multiply'"),
            ({}, "op must be given"),
            ({"op": "add", "numbers": [1, "2"]}, r"numbers\[1\] must be of type number, not str"),
        ):
            with pytest.raises(ToolArgumentsError, match=said):
                await dispatcher.execute_tool("calculator", arguments)
        assert await dispatcher.execute_tool("calculator", {"op": "add"}) == 1
        outcomes = [entry.outcome for entry in dispatcher._execution_history]
        assert outcomes == ["ToolArgumentsError"] * 3 + ["ok"]

    @pytest.mark.parametrize("arguments", ["x", [("a", 1)], 7, {1: 2}, {b"a": 1}, {None: 1}])
    async def test_names_and_values_are_needed(self, arguments: Any, dispatcher: ToolDispatcher) -> None:
        with pytest.raises(ToolArgumentsError):
            await dispatcher.execute_tool("notebook", arguments)
        assert dispatcher._execution_history[0].outcome == "ToolArgumentsError"

    async def test_circles_and_bombs_are_refused(self, dispatcher: ToolDispatcher) -> None:
        circle: dict[str, Any] = {"line": "x"}
        circle["again"] = circle
        with pytest.raises(ToolArgumentsError, match="nested deeper"):
            await dispatcher.execute_tool("notebook", circle)

    @pytest.mark.parametrize("name", [None, 7, b"notebook", ["notebook"]])
    async def test_a_tools_name_is_text(self, name: Any, dispatcher: ToolDispatcher) -> None:
        with pytest.raises(TypeError, match="name is a text"):
            await dispatcher.execute_tool(name, {})


class TestHistory:
    async def test_nothing_changes_it_later(self, dispatcher: ToolDispatcher) -> None:
        numbers = [1, 2]
        arguments: dict[str, Any] = {"op": "add", "numbers": numbers}
        await dispatcher.execute_tool("calculator", arguments)  # it appends to the numbers
        numbers.clear()
        arguments["op"] = "changed"
        told: Any = dispatcher._execution_history[0].arguments
        assert dict(told) == {"op": "add", "numbers": (1, 2)}
        with pytest.raises(TypeError):
            told["op"] = "changed"

    async def test_a_long_name_and_a_long_text_are_cut(self, dispatcher: ToolDispatcher) -> None:
        with pytest.raises(UnknownDefinitionError) as caught:
            await dispatcher.execute_tool("x" * 10_000_000, {"text": "y" * 10_000_000})
        (entry,) = dispatcher._execution_history
        assert len(entry.tool) == 200 and len(entry.arguments["text"]) < 20_000
        assert len(str(caught.value)) < 300


class TestManyAtOnce:
    async def test_each_call_has_its_own_arguments_and_limit(self, dispatcher: ToolDispatcher) -> None:
        results = await asyncio.gather(
            *(dispatcher.execute_tool("notebook", {"line": str(number)}) for number in range(50))
        )
        assert max(results, key=len) == [str(number) for number in range(50)]
        assert len(dispatcher._execution_history) == 50
        assert dispatcher._running == set()

    async def test_a_cancelled_call_leaves_the_others_and_the_dispatcher(
        self, dispatcher: ToolDispatcher
    ) -> None:
        calls = [asyncio.create_task(dispatcher.execute_tool("greedy")) for _ in range(3)]
        await asyncio.sleep(0)
        calls[1].cancel()
        with pytest.raises(asyncio.CancelledError):
            await calls[1]
        assert not calls[0].done() and not calls[2].done()
        assert await dispatcher.execute_tool("notebook", {"line": "x"}) == ["x"]
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        assert dispatcher._running == set()

    async def test_a_failed_making_leaves_nothing(self, ada: UserExecutionContext) -> None:
        fails = [True]

        def make(context: UserExecutionContext) -> Calculator:
            if fails.pop():
                raise OSError("no network")
            return Calculator(context)

        tools = ToolFactory()
        tools.registry.register("calculator", make)
        dispatcher = ToolDispatcherFactory.create_for_user(ada, tools=tools)
        with pytest.raises(OSError, match="no network"):
            await dispatcher.execute_tool("calculator", {"op": "add"})
        fails.append(False)
        assert await dispatcher.execute_tool("calculator", {"op": "add"}) == 1


class TestTheEndOfTheRequest:
    async def test_stops_calls_that_run(self, ada: UserExecutionContext, dispatcher: ToolDispatcher) -> None:
        calls = [asyncio.create_task(dispatcher.execute_tool("greedy")) for _ in range(3)]
        await asyncio.sleep(0)
        await cleanup_user_context(ada)
        for call in calls:
            with pytest.raises(ContextClosedError, match="ended while tool 'greedy' ran"):
                await call
        assert {entry.outcome for entry in dispatcher._execution_history} == {"ContextClosedError"}
        assert dispatcher._running == set() and dispatcher._tools == {}

    async def test_stops_calls_of_no_other_request(
        self, ada: UserExecutionContext, bob: UserExecutionContext, tools: ToolFactory
    ) -> None:
        call = asyncio.create_task(
            ToolDispatcherFactory.create_for_user(bob, tools=tools).execute_tool("greedy")
        )
        ToolDispatcherFactory.create_for_user(ada, tools=tools)
        await asyncio.sleep(0)
        await cleanup_user_context(ada)
        await asyncio.sleep(0)
        assert not call.done()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    async def test_from_another_thread(self, ada: UserExecutionContext, dispatcher: ToolDispatcher) -> None:
        call = asyncio.create_task(dispatcher.execute_tool("greedy"))
        await asyncio.sleep(0)
        await asyncio.to_thread(lambda: asyncio.run(cleanup_user_context(ada)))
        with pytest.raises(ContextClosedError):
            await asyncio.wait_for(call, 10)

    async def test_a_call_may_end_its_own_request(
        self, ada: UserExecutionContext, tools: ToolFactory
    ) -> None:
        class Ends:
            def __init__(self, context: UserExecutionContext) -> None:
                self.context = context

            async def execute(self, arguments: Mapping[str, Any]) -> None:
                await cleanup_user_context(self.context)
                await asyncio.Event().wait()

        tools.registry.register("ends", Ends)
        dispatcher = ToolDispatcherFactory.create_for_user(ada, tools=tools)
        with pytest.raises(ContextClosedError):
            await asyncio.wait_for(dispatcher.execute_tool("ends"), 10)


async def test_a_tool_that_catches_its_cancellation_is_too_late(
    ada: UserExecutionContext, tools: ToolFactory
) -> None:
    tools.registry.register("stubborn", Stubborn)
    dispatcher = ToolDispatcherFactory.create_for_user(ada, tools=tools, time_limit=0)
    with pytest.raises(ToolTimeoutError, match="stubborn"):
        await dispatcher.execute_tool("stubborn")


class Deaf:
    """Swallows every cancellation until it is let go."""

    def __init__(self, context: UserExecutionContext) -> None:
        self.began = False
        self.cancelled = 0
        self.let_go = asyncio.Event()
        DEAF.append(self)

    async def execute(self, arguments: Mapping[str, Any]) -> str:
        while not self.let_go.is_set():
            try:
                self.began = True
                await self.let_go.wait()
            except asyncio.CancelledError:
                self.cancelled += 1
        if arguments.get("fail"):
            raise OSError("nobody hears this")
        return "too late"


DEAF: list[Deaf] = []


async def until(happened: Callable[[], object]) -> None:
    """Give others turns until it has."""
    while not happened():  # noqa: ASYNC110 - nothing tells when
        await asyncio.sleep(0)


class TestAToolThatSwallowsItsCancellation:
    @pytest.fixture
    async def deaf(self, ada: UserExecutionContext, tools: ToolFactory) -> AsyncIterator[ToolDispatcher]:
        tools.registry.register("deaf", Deaf)
        DEAF.clear()
        yield ToolDispatcherFactory.create_for_user(ada, tools=tools, time_limit=0.01, grace=0.01)
        for each in DEAF:
            each.let_go.set()
        await until(lambda: not abandoned_work())

    async def test_is_given_up_and_named_until_it_ends(
        self, ada: UserExecutionContext, deaf: ToolDispatcher, caplog: pytest.LogCaptureFixture
    ) -> None:
        with pytest.raises(ToolTimeoutError, match="swallowed its cancellation and still runs"):
            await asyncio.wait_for(deaf.execute_tool("deaf", {"fail": True}), 10)
        assert deaf._execution_history[0].outcome == "ToolTimeoutError"
        assert DEAF[0].cancelled == 1
        what = f"tool 'deaf' of request {ada.request_id}"
        assert [work.what for work in abandoned_work()] == [what]
        assert [(record.levelname, what in record.message) for record in caplog.records] == [("ERROR", True)]
        await asyncio.wait_for(cleanup_user_context(ada), 10)  # no longer its business
        DEAF[0].let_go.set()
        await until(lambda: not abandoned_work())
        assert "ended" in caplog.records[-1].message and "OSError" in caplog.records[-1].message
        assert "nobody hears this" not in caplog.text  # it may hold a user's data

    async def test_holds_up_neither_the_others_nor_the_end_of_the_request(
        self, ada: UserExecutionContext, tools: ToolFactory, deaf: ToolDispatcher
    ) -> None:
        patient = ToolDispatcherFactory.create_for_user(ada, tools=tools, time_limit=None, grace=0.01)
        call = asyncio.create_task(patient.execute_tool("deaf"))
        await until(lambda: DEAF and DEAF[0].began)
        assert await patient.execute_tool("notebook", {"line": "x"}) == ["x"]
        await asyncio.wait_for(cleanup_user_context(ada), 10)
        with pytest.raises(ContextClosedError, match="still runs"):
            await asyncio.wait_for(call, 10)
        assert len(abandoned_work()) == 1

    async def test_lets_its_caller_be_cancelled(self, deaf: ToolDispatcher) -> None:
        call = asyncio.create_task(deaf.execute_tool("deaf"))
        await until(lambda: DEAF and DEAF[0].began)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(call, 10)
        assert len(abandoned_work()) == 1


async def test_the_end_of_the_request_waits_until_a_tool_has_cleaned_up(
    ada: UserExecutionContext, tools: ToolFactory
) -> None:
    seen: list[str] = []
    ada.on_cleanup(lambda: seen.append("what the tool used is closed"))

    class Tidy:
        def __init__(self, context: UserExecutionContext) -> None:
            pass

        async def execute(self, arguments: Mapping[str, Any]) -> None:
            try:
                seen.append("began")
                await asyncio.Event().wait()
            finally:
                for _ in range(5):
                    await asyncio.sleep(0)
                seen.append("cleaned up")

    tools.registry.register("tidy", Tidy)
    call = asyncio.create_task(ToolDispatcherFactory.create_for_user(ada, tools=tools).execute_tool("tidy"))
    await until(lambda: seen)
    await cleanup_user_context(ada)
    assert seen == ["began", "cleaned up", "what the tool used is closed"]
    with pytest.raises(ContextClosedError):
        await call


async def test_no_time_limit(ada: UserExecutionContext, tools: ToolFactory) -> None:
    dispatcher = ToolDispatcherFactory.create_for_user(ada, tools=tools, time_limit=None)
    assert await dispatcher.execute_tool("notebook", {"line": "x"}) == ["x"]


class Plain:
    def __init__(self, context: UserExecutionContext) -> None:
        pass

    def execute(self, arguments: Any) -> int:
        return 1


class Empty:
    def __init__(self, context: UserExecutionContext) -> None:
        pass


@pytest.mark.parametrize("tool", [Plain, Empty])
async def test_a_tool_that_cannot_be_awaited_is_told_what_it_needs(
    ada: UserExecutionContext, tools: ToolFactory, tool: Any
) -> None:
    tools.registry.register("old", tool)
    with pytest.raises(TypeError, match=rf"'old': {tool.__name__}\.execute\(arguments\) must be there"):
        await ToolDispatcherFactory.create_for_user(ada, tools=tools).execute_tool("old", {})
