"""Judges what isolation costs by the project's own benchmark."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms, percent

TERMS: Final = Terms(
    (("overhead", "performance", "latency", "throughput", "slower", "faster", "millisecond", "slow down"),)
)


@final
class Overhead:
    """Met when the benchmark's overhead is below the percentage that the sentence names.

    Isolation makes no service faster. A figure as far below zero as the limit lies above it shows that the
    measurement was off by as much as it should tell, so it tells nothing.
    """

    name = "overhead"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the figure that the configured benchmark printed."""
        measured, most = state.benchmark, percent(text, -1.0)
        if measured is None:
            return Judgement(
                None, "no benchmark ran; `[tool.cellwall.benchmark] command` names the project's"
            )
        if measured.overhead_percent is None:
            return Judgement(None, f"`{measured.command}`: {measured.note}")
        evidence = f"`{measured.command}` measured {measured.overhead_percent:.1f}% overhead"
        evidence += f" ({measured.note})" if measured.note else ""
        if most < 0:
            return Judgement(None, f"{evidence}; the sentence names no limit in percent")
        if measured.overhead_percent <= -most < 0:
            return Judgement(None, f"{evidence}: off by more than the {most:g}% that it should tell")
        return Judgement(measured.overhead_percent < most, f"{evidence}, less than {most:g}% wanted")


EVALUATOR: Final = Overhead()
