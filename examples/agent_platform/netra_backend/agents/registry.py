"""The old way: one agent of each name for the whole process. Kept until the last caller has moved."""

from netra_backend.agents.base import BaseAgent
from netra_backend.agents.cost import CostAgent
from netra_backend.agents.summary import SummaryAgent
from netra_backend.agents.triage import TriageAgent


class AgentRegistry:
    """Gives everyone the same agents."""

    _classes: dict[str, type[BaseAgent]] = {c.name: c for c in (TriageAgent, SummaryAgent, CostAgent)}
    _agents: dict[str, BaseAgent] = {}

    @classmethod
    def get_agent(cls, name: str) -> BaseAgent:
        """Give the process's agent of this name.

        Raises:
            KeyError: there is no such agent.
        """
        if name not in cls._agents:
            cls._agents[name] = cls._classes[name]()
        return cls._agents[name]

    @classmethod
    def names(cls) -> list[str]:
        """Give the names of all agents."""
        return sorted(cls._classes)


agent_registry = AgentRegistry()


async def run_nightly(prompts: list[str]) -> list[str]:
    """Triage prompts that no user is waiting for."""
    agent = AgentRegistry.get_agent("triage")  # cellwall: allow[global-registry-access] a job without a user
    return [(await agent.run(prompt)).text for prompt in prompts]
