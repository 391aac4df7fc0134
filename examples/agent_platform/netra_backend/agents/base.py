"""What every agent of the platform has: a request it works for, notes, and a count of its runs."""

from dataclasses import dataclass

from cellwall import UserExecutionContext


@dataclass(frozen=True)
class AgentReply:
    """What an agent answered, and for whom."""

    agent: str
    text: str
    user_id: str | None
    steps: tuple[str, ...] = ()


class BaseAgent:
    """Answers a prompt in steps. The old registry makes agents without a context, the factory with one."""

    name = "base"

    def __init__(self, context: UserExecutionContext | None = None) -> None:
        self.context = context
        self.runs = 0
        self.asked: list[str] = []
        self._notes: list[str] = []

    def plan(self, prompt: str) -> list[str]:
        """Say which steps a run would take."""
        return [f"read {len(prompt.split())} words"]

    def answer(self, prompt: str) -> str:
        """Work out the text of the reply."""
        return prompt

    async def run(self, prompt: str) -> AgentReply:
        """Answer one prompt.

        Raises:
            ValueError: the prompt is empty.
        """
        if not prompt.strip():
            raise ValueError("an agent needs a prompt")
        self.runs += 1
        self.asked.append(prompt)
        user_id = self.context.user_id if self.context else None
        return AgentReply(self.name, self.answer(prompt), user_id, tuple(self.plan(prompt)))

    def remember(self, note: str) -> None:
        """Keep a note for later runs."""
        self._notes.append(note)

    def recall(self) -> list[str]:
        """Give the notes, oldest first."""
        return list(self._notes)

    def reset(self) -> None:
        """Forget notes and runs."""
        self.runs = 0
        self.asked.clear()
        self._notes.clear()
