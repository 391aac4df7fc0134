"""Tools: definitions shared by everyone, instances that belong to one request."""

from collections.abc import Mapping
from typing import Any, Final, Protocol, cast, final

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.definitions import Definitions


class Tool(Protocol):
    """What an agent may use while it works for one request."""

    async def execute(self, arguments: Mapping[str, Any]) -> Any:
        """Do the work and give its result."""
        ...


@final
class ToolRegistry(Definitions):
    """How each tool is made; it holds no tool and cannot give one away."""

    kind = "tool"


@final
class ToolFactory:
    """Makes tools, each one new and bound to the request that it was made for."""

    def __init__(self, registry: ToolRegistry | None = None) -> None:
        self.registry = registry if registry is not None else ToolRegistry()

    def create_tool(self, name: str, context: UserExecutionContext) -> Tool:
        """Make a new tool `name` for `context`.

        Raises:
            UnknownDefinitionError: nobody registered the name.
            ContextClosedError: the request has ended.
        """
        return cast(Tool, self.registry.make(name, context))


tool_factory: Final = ToolFactory()
