"""Sorts a request into the queue that can deal with it."""

from netra_backend.agents.base import BaseAgent

_QUEUES = {
    "billing": ("invoice", "refund", "charge", "price"),
    "outage": ("down", "error", "slow", "timeout"),
    "access": ("password", "login", "locked", "token"),
}


class TriageAgent(BaseAgent):
    """Answers with the name of a queue; `general` when no word says more."""

    name = "triage"

    def plan(self, prompt: str) -> list[str]:
        """Read, match, choose."""
        return [*super().plan(prompt), "match words", "choose queue"]

    def answer(self, prompt: str) -> str:
        """Give the first queue one of whose words the prompt holds."""
        words = prompt.lower().split()
        for queue, hints in _QUEUES.items():
            if any(word.strip(".,!?") in hints for word in words):
                return queue
        return "general"
