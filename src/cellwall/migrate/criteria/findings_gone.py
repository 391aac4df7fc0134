"""Judges whether the findings of some rules, known by name, are gone: what several evaluators ask."""

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.remaining import unparseable
from cellwall.migrate.state import State
from cellwall.project.number_of import number_of


def findings_gone(state: State, *words: str) -> Judgement:
    """Judge the rules whose names hold one of `words` (all rules without words).

    A file that does not parse hides what is in it, so nothing is met as long as there is one; neither is it
    when no rule is known to have looked.
    """
    if state.findings_after is None:
        return Judgement(None, "the findings at the end were not counted")
    before = _sum(state.surveyed.findings if state.surveyed else {}, words)
    left = _sum(state.findings_after.findings, words)
    named = f"{'/'.join(words)} " if words else ""
    what = f"{named}findings"
    if left:
        remain = number_of(left, f"{named}finding remains", f"{what} remain")
        return Judgement(False, f"{remain} of {max(before, left):,}")
    if unseen := [word for word in words if not any(word in rule for rule in _looked(state))]:
        return Judgement(None, f"no rule of the run is known to look for {'/'.join(unseen)} findings")
    if hidden := len(unparseable(state)):
        files = number_of(hidden, "file does", "files do")
        return Judgement(None, f"0 {what} remain, but {files} not parse and could not be checked")
    return Judgement(True, f"0 {what} remain of {before}")


def _looked(state: State) -> set[str]:
    """Give the rules that looked; a rule that found something has."""
    after, before = state.findings_after, state.surveyed
    found = {*(after.findings if after else ()), *(before.findings if before else ())}
    return found | set(after.rules if after else ())


def _sum(findings: dict[str, int], words: tuple[str, ...]) -> int:
    named = (rule for rule in findings if not words or any(word in rule for word in words))
    return sum(findings[rule] for rule in named)
