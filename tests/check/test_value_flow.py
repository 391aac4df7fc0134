"""How far a value can be followed."""

import ast
from textwrap import dedent

import pytest

from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.value_flow import ValueFlow, value_flow
from cellwall.check.value_place import value_place


def flow(source: str, path: str = "tests/test_example.py") -> ValueFlow:
    facts = module_facts(path, dedent(source).encode(), ProjectFacts())
    assert isinstance(facts, ModuleFacts)
    call = next(call for call in facts.of(ast.Call) if facts.text(call.func) == "make")
    return value_flow(facts, call, value_place(facts, call))


FIXTURE = """
    import pytest

    @pytest.fixture(scope="module")
    def x():
        x = make()
        x.open()
        yield x

    def test_one(x):
        x.send()
    """
ATTRIBUTE = """
    class C:
        def __init__(self):
            self.x = make()

        def f(self):
            self.x.send()

    def g(c):
        c.x.close()
    """


def test_a_fixture_gives_it_to_its_tests() -> None:
    found = flow(FIXTURE)
    assert {use.member for use in found.uses} == {"", "open", "send"}
    assert found.fixture is not None
    assert found.fixture.scope == "module"
    assert not found.escapes


def test_an_attribute_is_seen_from_outside() -> None:
    found = flow(ATTRIBUTE)
    assert [use.member for use in found.uses] == ["send", "close"]
    assert not found.escapes


@pytest.mark.parametrize(
    ("source", "path"),
    [
        (FIXTURE, "tests/conftest.py"),
        (ATTRIBUTE, "tests/helpers.py"),
        (ATTRIBUTE + "\n    class D(C):\n        pass\n", "tests/test_example.py"),
        ("x = make()\n", "tests/helpers.py"),
        ("def f():\n    return make()\n", "tests/test_example.py"),
        ("def f():\n    x = make()\n    return x\n", "tests/test_example.py"),
    ],
)
def test_it_escapes(source: str, path: str) -> None:
    assert flow(source, path).escapes


def test_a_local_value_stays() -> None:
    found = flow("def f():\n    x = make()\n    x.send()\n")
    assert [use.member for use in found.uses] == ["send"]
    assert not found.escapes
