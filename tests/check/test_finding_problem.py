"""What a rule gives is a finding of the module that it was asked about, or it is said why not."""

from typing import Any

import pytest

from cellwall.check.finding import Finding, Severity
from cellwall.check.finding_problem import problem_of
from tests.check.test_request_handlers import facts

MODULE = facts("x = 1\ny = 2\n")
GOOD = Finding(MODULE.path, 2, 1, 2, 6, "odd", "ODD1", "said", Severity.ERROR)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"end_line": 4, "end_column": 1}, ""),
        ({"rule": 5}, "whose rule is int"),
        ({"message": None}, "whose message is NoneType"),
        ({"severity": "error"}, "whose severity is str"),
        ({"fix": []}, "whose fix is list"),
        ({"path": "other.py"}, "of another file"),
        ({"line": 0}, "whose place is not counted from 1"),
        ({"column": 1.5}, "whose place is not counted from 1"),
        ({"line": 99, "end_line": 99}, "at line 99 of a file of 3"),
        ({"end_line": 99}, "at line 2 of a file of 3"),
        ({"end_line": 1}, "at line 2 of a file of 3"),
    ],
)
def test_what_is_no_finding_of_the_module_is_told(change: dict[str, Any], said: str) -> None:
    problem = problem_of(GOOD._replace(**change), MODULE)
    assert problem.endswith(said) if said else problem == ""


def test_something_else_is_named_by_its_type() -> None:
    assert problem_of(5, MODULE) == "it gave int, no Finding"
