import pytest

import netra_backend.tools.dispatcher as dispatching


async def test_history_starts_empty():
    dispatcher = dispatching.ToolDispatcher()
    assert len(dispatcher._execution_history) == 0


async def test_history_says_what_happened():
    dispatcher = dispatching.ToolDispatcher()
    await dispatcher.execute_tool("calculator", {"op": "add", "a": 1, "b": 1})
    with pytest.raises(ValueError):
        await dispatcher.execute_tool("calculator", {"op": "guess"})
    assert [(e.tool, e.outcome) for e in dispatcher._execution_history] == [
        ("calculator", "ok"),
        ("calculator", "ValueError"),
    ]


async def test_history_is_bounded():
    dispatcher = dispatching.ToolDispatcher(history_limit=3)  # small on purpose
    for number in range(10):
        await dispatcher.execute_tool("calculator", {"op": "add", "a": number})
    assert [e.arguments["a"] for e in dispatcher._execution_history] == [7, 8, 9]


class TestHistoryOfTheNotebook:
    def setup_method(self):
        self.dispatcher = dispatching.ToolDispatcher(
            history_limit=2,
        )  # two are enough here

    async def test_last_two(self):
        for line in ("a", "b", "c"):
            await self.dispatcher.execute_tool("notebook", {"op": "write", "line": line})
        kept = [entry.arguments["line"] for entry in self.dispatcher._execution_history]
        assert kept == ["b", "c"]
