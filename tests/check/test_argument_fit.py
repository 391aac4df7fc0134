"""Which arguments can go on to a replacement."""

import ast

import pytest

from cellwall.check.argument_fit import is_dropped, misfit
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


@pytest.mark.parametrize(
    ("text", "unfit"),
    [
        ("D(llm)", None),
        ("D(llm, tools)", None),
        ("D(llm=llm)", None),
        ("D(tools=llm)", None),
        ("D(session, llm)", "session"),
        ("D(make_llm())", "make_llm()"),
        ("D(llm=make_llm())", "llm=make_llm()"),  # what a call does is not dropped with its value
    ],
)
def test_what_a_role_drops_needs_no_place(text: str, unfit: str | None) -> None:
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    role = Role("dispatcher", (), "make({context}, {arguments})", takes=("tools",), drops=("llm",))
    assert misfit(call, role) == unfit
    assert is_dropped(ast.Name("llm", ast.Load()), role.drops)
