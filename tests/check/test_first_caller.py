"""Values that are made once, by whoever comes first."""

import ast

import pytest

from cellwall.check.first_caller import first_caller_only
from tests.check.test_request_handlers import facts


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("x is None", True),
        ("not x", True),
        ("force or x is None", True),
        ("x is not None", False),
        ("y is None", False),
    ],
)
def test_conditions(condition: str, expected: bool) -> None:
    module = facts(f"def f(x, y, force):\n    if {condition}:\n        x = make()\n")
    assert first_caller_only(module, module.of(ast.Assign)[0], "x") is expected


def test_an_attribute_that_is_not_there_yet() -> None:
    module = facts("def f(self):\n    if not hasattr(self, 'x'):\n        self.x = make()\n")
    assert first_caller_only(module, module.of(ast.Assign)[0], "self.x")


def test_the_other_branch_is_no_first_time() -> None:
    module = facts("def f(x):\n    if x is None:\n        pass\n    else:\n        x = make()\n")
    assert not first_caller_only(module, module.of(ast.Assign)[0], "x")
