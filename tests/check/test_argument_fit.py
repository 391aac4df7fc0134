"""Which arguments can go on to a replacement."""

import ast

import pytest

from cellwall.check.argument_fit import misfit
from cellwall.project.roles import Role

ROLE = Role("dispatcher", (), "make({context}, {arguments})", takes=("tools", "manager"))


@pytest.mark.parametrize(
    ("text", "unfit"),
    [
        ("D()", None),
        ("D([a, b])", None),
        ("D(my_tools)", None),
        ("D(self.tools, manager)", None),
        ("D(tools=x, manager=y)", None),
        ("D(bridge=b)", "bridge=b"),
        ("D(llm)", "llm"),
        ("D(tools, [m])", "[m]"),
        ("D(tools, manager, more)", "more"),
        ("D(*rest)", "*rest"),
        ("D(**rest)", "**rest"),
    ],
)
def test_misfit(text: str, unfit: str | None) -> None:
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    assert misfit(call, ROLE) == unfit


def test_a_role_that_says_nothing_takes_everything() -> None:
    call = ast.parse("D(llm, bridge=b)", mode="eval").body
    assert isinstance(call, ast.Call)
    assert misfit(call, Role("dispatcher", (), "make({arguments})")) is None
