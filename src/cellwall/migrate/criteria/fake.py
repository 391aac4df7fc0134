"""An evaluator with a fixed answer, for tests of whoever uses evaluators."""

from dataclasses import dataclass
from typing import final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.state import State


@final
@dataclass(slots=True)
class FakeEvaluator:
    """Covers every sentence that has `word` in it."""

    name: str
    word: str
    answer: Judgement

    def covers(self, text: str) -> bool:
        """Look for the word."""
        return self.word in text

    def evaluate(self, state: State, text: str) -> Judgement:
        """Give the fixed answer."""
        return self.answer
