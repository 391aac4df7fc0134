"""Judges what the tests of merged patches did as many users at once; None where none ran so."""

from typing import Any

from cellwall.migrate.certificate_words import certificate_words, left_out_words
from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.figures import merged
from cellwall.migrate.state import State
from cellwall.project.number_of import number_of

GATE = "many users"
LEAK = "leak"


def as_many_users(state: State) -> Judgement | None:
    """Judge by the verdicts of the gate "many users": met when tests ran as many and none leaked."""
    figures = [verdict.figures for batch in merged(state) if (verdict := batch.verdicts.get(GATE))]
    ran = [each for each in figures if each.get("ran") is True]
    tests = sum(_number(each.get("tests")) for each in ran)
    if not tests:
        return None
    users = max(_number(each.get("users")) for each in ran)
    leaks = sorted({str(node) for each in ran for node in each.get("leaks", ())})
    if leaks:
        leak = number_of(tests, "test leaks", "tests leak")
        return Judgement(False, f"{len(leaks)} of {leak} as {users} users, first {leaks[0]}")
    others = sum(_others(each.get("verdicts")) for each in ran)
    aside = f", {others} of them without a verdict on leaks" if others else ""
    tried = {name: sum(_number(each.get(name)) for each in ran) for name in ("schedules", "swept", "points")}
    left_out = left_out_words([str(text) for each in ran for text in each.get("not_covered", ())])
    ran_so = f"{number_of(tests, 'test')} ran as {users} users{certificate_words(tried)}"
    return Judgement(True, f"{ran_so}, none leaks{aside}{left_out}")


def with_many_users(state: State, judgement: Judgement) -> list[Judgement]:
    """Give the judgement, and that of the tests that ran as many where some did."""
    many = as_many_users(state)
    return [judgement] if many is None else [judgement, many]


def _number(value: Any) -> int:
    return value if type(value) is int else 0


def _others(verdicts: Any) -> int:
    if not isinstance(verdicts, dict):
        return 0
    return sum(_number(number) for verdict, number in verdicts.items() if verdict not in ("passed", LEAK))
