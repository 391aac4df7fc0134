"""The platform's agents, registered with the factory that makes them for a request."""

from cellwall import agent_factory, agent_instance_factory

from netra_backend.agents.cost import CostAgent
from netra_backend.agents.summary import SummaryAgent
from netra_backend.agents.triage import TriageAgent

__all__ = ["agent_factory", "agent_instance_factory"]

for _agent in (TriageAgent, SummaryAgent, CostAgent):
    if _agent.name not in agent_instance_factory.registry.names():
        agent_instance_factory.registry.register(_agent.name, _agent)
