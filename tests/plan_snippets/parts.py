"""What the snippets name and do not define: an agent, a tool, factories of them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from operator import add, mul
from typing import Any

from cellwall import AgentInstanceFactory, ToolFactory, UserExecutionContext


@dataclass
class Reply:
    """What an agent answers: whose request it was, and what the agent remembers."""

    user_id: str
    session_id: str
    memory: list[str]


class EchoAgent:
    """Remembers whom it worked for."""

    def __init__(self, context: UserExecutionContext) -> None:
        self.context = context
        self.memory: list[str] = []

    async def run(self) -> Reply:
        """Work, with turns for others in between."""
        for _ in range(3):
            self.memory.append(self.context.user_id)
            await asyncio.sleep(0)
        return Reply(self.context.user_id, self.context.session_id, list(self.memory))


class Calculator:
    """Folds numbers by the operation that it is told."""

    def __init__(self, context: UserExecutionContext) -> None:
        self.context = context

    async def execute(self, arguments: Mapping[str, Any]) -> int:
        """Add or multiply 6 and 7, unless told otherwise."""
        operation = {"add": add, "multiply": mul}[arguments["op"]]
        result: int = operation(arguments.get("a", 6), arguments.get("b", 7))
        return result


def agents(name: str) -> AgentInstanceFactory:
    """Make a factory that knows one agent."""
    factory = AgentInstanceFactory()
    factory.registry.register(name, EchoAgent)
    return factory


def tools() -> ToolFactory:
    """Make a factory that knows the calculator."""
    factory = ToolFactory()
    factory.registry.register("calculator", Calculator)
    return factory
