"""The calls that rules ask for by name are those that looking at every call would give."""

import ast

import pytest

from cellwall.check.called_names import calls_named, calls_of
from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.module_facts import ModuleFacts, module_facts

PATTERNS = ("app.ws.Manager", "asyncio.create_task")
FACTS = ProjectFacts(aliases={"app.other.Desk": "app.ws.Manager"}, instances={"app.loop": "asyncio"})


def _module(source: str, path: str = "shop/a.py") -> ModuleFacts:
    module = module_facts(path, source.encode(), FACTS)
    assert isinstance(module, ModuleFacts)
    return module


@pytest.mark.parametrize(
    "source",
    [
        "from app.ws import Manager\nManager()\nother()\nManager()",
        "from app.ws import Manager as M\nM()\nother()",
        "from app.other import Desk\nDesk()\nother()",
        "import app.other as o\no.Desk()",
        "import app.ws\nmake = app.ws.Manager\nmake()\nother()",
        "import app.ws\nmake, take = app.ws.Manager, 1\nmake()",
        "import app.ws\n[make() for make in [app.ws.Manager]]\nother()",
        "import app.ws\nif make := app.ws.Manager:\n    make()",
        "import asyncio\n(asyncio.create_task)(asyncio.create_task(x))",
        "from asyncio import *\ncreate_task()",
        "def f(Manager):\n    Manager()",
        "import app.ws\nx['a']()\ny()()\napp.ws.Manager()()",
    ],
)
def test_calls_of_are_those_that_match(source: str) -> None:
    module = _module(source)
    wanted = [call for call in module.of(ast.Call) if module.matches(call.func, PATTERNS) is not None]
    assert calls_of(module, PATTERNS) == wanted


def test_renamed_things_are_found() -> None:
    module = _module("from app.ws import Manager as M\nimport app.ws\nmake = app.ws.Manager\nM()\nmake()")
    assert [ast.unparse(call) for call in calls_of(module, PATTERNS)] == ["M()", "make()"]


def test_calls_are_given_by_their_last_name_in_source_order() -> None:
    module = _module("a.b(b(1))\nc()\nx.y.b()\nc.b\nb[0]()\nc(b)")
    assert [call.lineno for call in calls_named(module, ("c", "b", "missing"))] == [1, 1, 2, 3, 6]


@pytest.mark.parametrize(
    ("source", "path", "may"),
    [
        ("from flask import request", "shop/a.py", True),
        ("import request", "shop/a.py", False),
        ("from . import request", "flask/a.py", True),
        ("import asyncio", "shop/a.py", False),
    ],
)
def test_what_no_part_spells_stands_nowhere(source: str, path: str, may: bool) -> None:
    assert _module(source, path).may_name(("flask.request", "quart.request")) is may


def test_what_other_files_hand_on_may_stand_here() -> None:
    assert _module("from app.other import anything as x").may_name(("app.ws.Manager",))
    assert _module("from app import loop").may_name(("asyncio.create_task", "asyncio.loop"))
