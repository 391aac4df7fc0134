"""Judges the plan's criteria and metrics by the evaluators that cover their words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cellwall.migrate.criteria.evaluator import Evaluator, Judgement
from cellwall.migrate.criteria.gaps import missing
from cellwall.migrate.criteria.registry import all_evaluators
from cellwall.migrate.criteria.together import together
from cellwall.migrate.state import State

UNCOVERED = "no evaluator covers this sentence"


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion or metric of the plan, judged. `name` is its text; `by` the evaluators' names."""

    name: str
    line: int
    met: bool | None
    evidence: str
    by: tuple[str, ...]


def judge_all(
    state: State, what: Literal["criteria", "metrics"], evaluators: Iterable[Evaluator] | None = None
) -> list[Judged]:
    """Judge every criterion, or every metric, of the plan that the run executes."""
    chosen = all_evaluators() if evaluators is None else tuple(evaluators)
    items = state.started.plan.get(what, []) if state.started else []
    return [judge(state, item["text"], item.get("line", 0), chosen) for item in items]


def judge(state: State, text: str, line: int, evaluators: Iterable[Evaluator]) -> Judged:
    """Judge one sentence: by all evaluators that cover it, together; a known gap leaves it unmeasured."""
    covering = [evaluator for evaluator in evaluators if evaluator.covers(text)]
    judgements = [evaluator.evaluate(state, text) for evaluator in covering]
    judgements += [Judgement(None, reason) for reason in missing(text)]
    joined = together(judgements or [Judgement(None, UNCOVERED)])
    return Judged(text, line, joined.met, joined.evidence, tuple(e.name for e in covering))
