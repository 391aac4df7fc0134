"""Tools: definitions shared by everyone, instances that belong to one request."""

from typing import Any, Final, Protocol, cast, final

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.definitions import Definitions


class Tool(Protocol):
    """What an agent may use while it works for one request.

    It may declare its arguments by a class attribute `parameters` (a JSON Schema) or by the type of
    `arguments` (a TypedDict, a dataclass, a msgspec Struct, a pydantic model): see `tool_arguments`.
    """

    async def execute(self, arguments: Any) -> Any:
        """Do the work and give its result."""
        ...


@final
class ToolRegistry(Definitions):
    """How each tool is made; it holds no tool and cannot give one away."""

    kind = "tool"


@final
class ToolFactory:
    """Makes tools, each one new and bound to the request that it was made for.

    With `debug`, which may be set later too, every tool is made twice, the second time for nobody, to
    prove that two of them share nothing that can change.
    """

    def __init__(self, registry: ToolRegistry | None = None, *, debug: bool = False) -> None:
        self.registry: Final = registry if registry is not None else ToolRegistry()
        self.debug = debug

    def create_tool(self, name: str, context: UserExecutionContext) -> Tool:
        """Make a new tool `name` for `context`.

        Raises:
            UnknownDefinitionError: nobody registered the name.
            ContextClosedError: the request has ended.
            SharedStateError: in debug mode, two such tools share something that can change.
            TypeError: `context` is no UserExecutionContext.
        """
        return cast(Tool, self.registry.make(name, context, debug=self.debug))


tool_factory: Final = ToolFactory()
