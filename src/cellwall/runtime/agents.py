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
    """Makes agents, each one new and bound to the request that it was made for."""

    def __init__(self, registry: AgentRegistry | None = None) -> None:
        self.registry = registry if registry is not None else AgentRegistry()

    def create_agent(self, name: str, context: UserExecutionContext) -> Any:
        """Make a new agent `name` for `context`.

        Raises:
            UnknownDefinitionError: nobody registered the name.
            ContextClosedError: the request has ended.
        """
        return self.registry.make(name, context)


agent_instance_factory: Final = AgentInstanceFactory()
agent_factory: Final = agent_instance_factory
