"""Agents: from the registry that all users share, or made for one context."""

from app.context import RequestContext


class Agent:
    """Answers, and remembers for whom it works."""

    def __init__(self, name: str, context: RequestContext | None = None) -> None:
        self.name = name
        self.context = context
        self.history: list[str] = []

    def answer(self, question: str) -> str:
        """Give the answer."""
        self.history.append(question)
        return f"{self.name}: {question.lower()}"


class AgentRegistry:
    """The shared agents."""

    _agents = {name: Agent(name) for name in ("triage", "billing")}

    @classmethod
    def get_agent(cls, name: str) -> Agent:
        """Give the agent of this name, the same one to everybody."""
        return cls._agents[name]


async def make_agent(name: str, context: RequestContext) -> Agent:
    """Make an agent for one request."""
    return Agent(name, context)
