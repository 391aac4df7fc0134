"""What an evaluator is: it judges one kind of criterion or metric from what a run measured."""

from dataclasses import dataclass
from typing import Protocol

from cellwall.migrate.state import State


@dataclass(frozen=True, slots=True)
class Judgement:
    """Met (True), not met (False) or not measured (None), with the evidence in one line for people."""

    met: bool | None
    evidence: str


class Evaluator(Protocol):
    """Judges the sentences that it covers. `name` is stable: it stands in reports."""

    name: str

    def covers(self, text: str) -> bool:
        """Tell whether the sentence of a plan speaks of what this evaluator measures."""
        ...

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge the sentence (its text may name a threshold); pure, never raises for what a run measured."""
        ...
