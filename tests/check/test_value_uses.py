"""What code does with a value."""

import ast
from textwrap import dedent

import pytest

from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.value_uses import UseKind, uses_of_attribute, uses_of_fixture, uses_of_name

USES = {
    "x.send()": (UseKind.MEMBER, "send"),
    "getattr(x, 'send')": (UseKind.MEMBER, "send"),
    "getattr(x, name)": (UseKind.MEMBER, ""),
    "hasattr(x, 'send')": (UseKind.PRESENCE, "send"),
    "assert x": (UseKind.PRESENCE, ""),
    "assert x is not None": (UseKind.PRESENCE, ""),
    "assert isinstance(x, str)": (UseKind.PRESENCE, ""),
    "print(x)": (UseKind.PRESENCE, ""),
    "assert x is y": (UseKind.IDENTITY, ""),
    "assert id(x) == 1": (UseKind.IDENTITY, ""),
    "use(x)": (UseKind.PASSED, ""),
    "use(*x)": (UseKind.PASSED, ""),
    "use(a=x)": (UseKind.PASSED, ""),
    "rows = {'a': x}": (UseKind.PASSED, ""),
    "y = x": (UseKind.PASSED, ""),
    "return x": (UseKind.RESULT, ""),
    "x()": (UseKind.OTHER, ""),
    "x[0]": (UseKind.OTHER, ""),
}


def module(source: str) -> ModuleFacts:
    facts = module_facts("tests/test_example.py", dedent(source).encode(), ProjectFacts())
    assert isinstance(facts, ModuleFacts)
    return facts


@pytest.mark.parametrize("statement", USES)
def test_use_of_a_name(statement: str) -> None:
    facts = module(f"def f(use, y, name):\n    x = make()\n    {statement}\n")
    [use] = uses_of_name(facts, "x", facts.tree.body[0])
    assert (use.kind, use.member) == USES[statement]


def test_inner_functions_count_and_shadows_do_not() -> None:
    facts = module("""
        def f():
            x = make()

            def inner():
                x.a()

            def shadow(x):
                x.b()
        """)
    assert [use.member for use in uses_of_name(facts, "x", facts.tree.body[0])] == ["a"]


def test_attribute_of_a_class() -> None:
    facts = module("""
        class C:
            def f(self, other):
                self.x.a()
                C.x.b()
                other.x.c()
        """)
    [cls] = facts.of(ast.ClassDef)
    assert {use.member for use in uses_of_attribute(facts, cls, "x")} == {"a", "b"}


def test_fixture() -> None:
    facts = module("""
        import pytest

        @pytest.fixture
        def x():
            return make()

        def test_one(x):
            x.a()

        def helper(x):
            x.b()
        """)
    assert [use.member for use in uses_of_fixture(facts, "x")] == ["a"]
