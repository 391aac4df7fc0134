"""Agents: definitions shared by everyone, instances that belong to one request."""

from typing import Any, Final, final

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.definitions import Definitions


@final
class AgentRegistry(Definitions):
    """How each agent is made; it holds no agent and cannot give one away."""

    kind = "agent"


@final
class AgentInstanceFactory:
    """Makes agents, each one new and bound to the request that it was made for.

    With `debug`, which may be set later too, every agent is made twice, the second time for nobody, to
    prove that two of them share nothing that can change. For tests: it costs what making an agent costs,
    and a walk over all that the agent holds.
    """

    def __init__(self, registry: AgentRegistry | None = None, *, debug: bool = False) -> None:
        self.registry: Final = registry if registry is not None else AgentRegistry()
        self.debug = debug

    def create_agent(self, name: str, context: UserExecutionContext) -> Any:
        """Make a new agent `name` for `context`.

        Raises:
            UnknownDefinitionError: nobody registered the name.
            ContextClosedError: the request has ended.
            SharedStateError: in debug mode, two such agents share something that can change.
            TypeError: `context` is no UserExecutionContext.
        """
        return self.registry.make(name, context, debug=self.debug)


agent_instance_factory: Final = AgentInstanceFactory()
agent_factory: Final = agent_instance_factory
