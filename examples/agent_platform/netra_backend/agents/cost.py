"""Estimates what a model call costs."""

from netra_backend.agents.base import BaseAgent

CENTS_PER_1000_TOKENS = 3


class CostAgent(BaseAgent):
    """Answers with cents for the tokens that the prompt names; keeps the total of its runs."""

    name = "cost"
    total_cents = 0

    def answer(self, prompt: str) -> str:
        """Read the first number as tokens and give its price in whole cents, rounded up."""
        tokens = next((int(word) for word in prompt.split() if word.isdigit()), 0)
        cents = -(-tokens * CENTS_PER_1000_TOKENS // 1000)
        self.total_cents += cents
        return f"{cents} ct"

    def reset(self) -> None:
        """Forget the total too."""
        super().reset()
        self.total_cents = 0
