"""Where the value of a call goes."""

import ast
from textwrap import dedent

import pytest

from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.value_place import Place, PlaceKind, value_place


def module(source: str) -> ModuleFacts:
    facts = module_facts("tests/test_example.py", dedent(source).encode(), ProjectFacts())
    assert isinstance(facts, ModuleFacts)
    return facts


PLACES = {
    "x = make()": Place(PlaceKind.MODULE, "x"),
    "x: int = make()": Place(PlaceKind.MODULE, "x"),
    "class C:\n    x = make()": Place(PlaceKind.CLASS, "x"),
    "def f():\n    x = make()": Place(PlaceKind.LOCAL, "x"),
    "def f():\n    global x\n    x = make()": Place(PlaceKind.MODULE, "x"),
    "async def f():\n    x = await make()": Place(PlaceKind.LOCAL, "x"),
    "def f(y):\n    x = y or make()": Place(PlaceKind.LOCAL, "x"),
    "def f(y):\n    x = make() if y else None": Place(PlaceKind.LOCAL, "x"),
    "def f():\n    if (x := make()):\n        pass": Place(PlaceKind.LOCAL, "x"),
    "class C:\n    def f(self):\n        self.x = make()": Place(PlaceKind.ATTRIBUTE, "x"),
    "class C:\n    @classmethod\n    def f(cls):\n        cls.x = make()": Place(PlaceKind.CLASS, "x"),
    "def f(app):\n    app.x = make()": Place(PlaceKind.ARGUMENT),
    "def f(rows):\n    rows['x'] = make()": Place(PlaceKind.ARGUMENT),
    "def f(use):\n    use(make())": Place(PlaceKind.ARGUMENT),
    "def f(use):\n    use(x=make())": Place(PlaceKind.ARGUMENT),
    "def f():\n    return make()": Place(PlaceKind.RESULT),
    "def f():\n    yield make()": Place(PlaceKind.RESULT),
    "def f():\n    make().send()": Place(PlaceKind.MEMBER, "send"),
    "def f():\n    make()": Place(PlaceKind.DROPPED),
    "def f():\n    assert make() is None": Place(PlaceKind.COMPARED),
    "def f(x=make()):\n    pass": Place(PlaceKind.OTHER),
    "f = lambda: make()": Place(PlaceKind.OTHER),
    "def f():\n    return [make() for _ in 'ab']": Place(PlaceKind.OTHER),
    "def f():\n    with make() as x:\n        pass": Place(PlaceKind.OTHER),
    "def f():\n    x, y = make()": Place(PlaceKind.OTHER),
    "def f():\n    x = 1 if make() else 2": Place(PlaceKind.OTHER),
}


@pytest.mark.parametrize("source", PLACES)
def test_place(source: str) -> None:
    facts = module(source)
    call = next(call for call in facts.of(ast.Call) if facts.text(call.func) == "make")
    assert value_place(facts, call) == PLACES[source]
