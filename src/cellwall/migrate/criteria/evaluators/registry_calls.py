"""Judges whether code still reaches agents or tools through a global registry."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.findings_gone import findings_gone
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms

TERMS: Final = Terms(
    (
        ("registry", "registries", "global state", "global access"),
        (
            "no ",
            "not ",
            "none",
            "nothing",
            "nobody",
            "never",
            "without",
            "zero",
            "free of",
            "gone",
            "remov",
            "remain",
            "replac",
            "instead",
            "direct",
            "stop",
            "eliminat",
            "any more",
            "anymore",
        ),
    )
)


@final
class RegistryCalls:
    """Met when no finding of global registry access is left."""

    name = "registry-calls"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the findings that are left."""
        return findings_gone(state, "registry")


EVALUATOR: Final = RegistryCalls()
