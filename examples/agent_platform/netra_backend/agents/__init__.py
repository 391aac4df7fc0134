"""The platform's agents, the factory that makes them for a request, and the old registry."""

from netra_backend.agents.factory import agent_factory, agent_instance_factory
from netra_backend.agents.registry import AgentRegistry, agent_registry

__all__ = ["AgentRegistry", "agent_factory", "agent_instance_factory", "agent_registry"]
