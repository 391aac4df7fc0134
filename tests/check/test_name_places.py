"""Where a name stands in a tree, and what reaches names without saying them."""

import ast

import pytest

from cellwall.check import name_places
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.name_places import mentions, mentions_in, reaches_unsaid
from cellwall.check.project_facts import ProjectFacts

PLACES = {
    "read": "print(S)",
    "bound": "S = 1",
    "a parameter": "lambda S: 1",
    "a function": "def S(): pass",
    "a class": "class S: pass",
    "imported": "import S",
    "imported from": "from a import b as S",
    "global": "def f():\n    global S",
    "caught": "try:\n    pass\nexcept KeyError as S:\n    pass",
    "matched": "match x:\n    case {**S}:\n        pass",
    "matched by a part": "match x:\n    case A(S=1):\n        pass",
    "an attribute": "x.S",
    "a keyword": "f(S=1)",
    "in a text": "patch('tests.a.S')",
    "in bytes": "f(b'a.S')",
    "in an f-string": "f'{x}.S'",
    "in a doctest": "'>>> S'",
}


@pytest.mark.parametrize("shape", PLACES)
def test_every_place_is_found(shape: str) -> None:
    assert mentions(ast.parse(PLACES[shape]), "S")


@pytest.mark.parametrize("text", ["'What S is.'", "def f():\n    'S'", "# S", "SS = S1 = 1", "f('aS', 'S1')"])
def test_prose_and_longer_names_are_no_places(text: str) -> None:
    assert mentions(ast.parse(text), "S") == []


@pytest.mark.parametrize(
    "text",
    [
        "globals()['S']", "vars()", "import importlib", "from a import *",
        "from importlib import import_module as get",
        "request.module", "sys.modules", "x.__dict__", "__all__ = []", "pytestmark = 1",
        "def pytest_generate_tests(m): pass", "def __getattr__(name): pass",
        "@fixture(params=[1])\ndef a(): pass\n@fixture(autouse=True)\ndef b(a): pass",
    ],
)  # fmt: skip
def test_unsaid_reaches(text: str) -> None:
    assert reaches_unsaid(ast.parse(text))


@pytest.mark.parametrize(
    "text", ["import os", "x.name", "@fixture(autouse=True)\ndef b(): pass", "module = 1"]
)
def test_plain_code_reaches_nothing_unsaid(text: str) -> None:
    assert not reaches_unsaid(ast.parse(text))


def test_a_module_is_gone_through_once_for_all_names(monkeypatch: pytest.MonkeyPatch) -> None:
    module = module_facts("tests/a.py", b"S = f('a.T', S.T)\n", ProjectFacts(), is_test=True)
    assert isinstance(module, ModuleFacts)
    assert mentions_in(module, "S") == mentions(module.tree, "S")
    monkeypatch.setattr(name_places, "walk", None)
    assert len(mentions_in(module, "T")) == 2
    assert mentions_in(module, "U") == []
