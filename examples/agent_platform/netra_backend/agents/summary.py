"""Shortens a text."""

from netra_backend.agents.base import BaseAgent


class SummaryAgent(BaseAgent):
    """Answers with the first sentence, cut at `limit` characters."""

    name = "summary"
    limit = 80

    def answer(self, prompt: str) -> str:
        """Give the first sentence, with an ellipsis where it was cut."""
        sentence = prompt.strip().split(". ")[0].rstrip(".")
        return sentence if len(sentence) <= self.limit else sentence[: self.limit - 1].rstrip() + "…"
