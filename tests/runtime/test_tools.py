"""Tools are made for a request and belong to it."""

from collections.abc import Mapping
from typing import Any

import pytest

from cellwall import UserExecutionContext, tool_factory
from cellwall.runtime.errors import SharedStateError
from cellwall.runtime.tools import ToolFactory, ToolRegistry


class Counter:
    def __init__(self, context: UserExecutionContext) -> None:
        self.context = context
        self.calls = 0

    async def execute(self, arguments: Mapping[str, Any]) -> int:
        self.calls += 1
        return self.calls


async def test_users_have_tools_of_their_own(ada: UserExecutionContext, bob: UserExecutionContext) -> None:
    registry = ToolRegistry()
    registry.register("counter", Counter)
    factory = ToolFactory(registry)
    first, second = factory.create_tool("counter", ada), factory.create_tool("counter", bob)
    assert [await first.execute({}), await first.execute({}), await second.execute({})] == [1, 2, 1]
    assert isinstance(first, Counter) and first.context is ada


def test_the_registry_gives_no_tool_away() -> None:
    assert not hasattr(ToolRegistry(), "get_tool")
    assert isinstance(tool_factory.registry, ToolRegistry)


def test_debug_mode_tells_what_two_tools_share(ada: UserExecutionContext) -> None:
    class Remembering:
        def __init__(self, context: UserExecutionContext) -> None: ...

        async def execute(self, arguments: Mapping[str, Any], notes: list[str] = []) -> None:  # noqa: B006
            notes.append(arguments["note"])

    factory = ToolFactory(debug=True)
    factory.registry.register("counter", Counter)
    factory.registry.register("remembering", Remembering)
    assert isinstance(factory.create_tool("counter", ada), Counter)
    with pytest.raises(SharedStateError, match=r"execute\.<default notes> \(list\)"):
        factory.create_tool("remembering", ada)
