"""What an expression is called where it comes from, asked in two ways that must agree."""

import ast

import pytest

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.known_name import is_named, last_name
from cellwall.check.module_facts import ModuleFacts, module_facts

FACTS = ProjectFacts(
    aliases={"shop.query": "sqlalchemy.select"}, instances={"shop.finder": "shop.kinds.select"}
)
SELECTS = (
    "from sqlalchemy import select\nselect(x)",
    "from sqlalchemy import select as s\ns(x)",
    "import sqlalchemy as sa\nsa.select(x)",
    "from shop import query\nquery(x)",
    "import shop\nshop.query(x)",
    "from shop import finder\nfinder(x)",
    "import shop\nshop.finder(x)",
    "from sqlalchemy import select\nfind = select\nfind(x)",
    "from sqlalchemy import select\n\nclass A:\n    find = select\n    def f(self):\n        self.find(x)",
    "import sqlalchemy\n\n\nclass A:\n    def __init__(self):\n        self.find = sqlalchemy.select\n\n"
    "    def f(self):\n        self.find(x)",
    "select(x)",
)
OTHERS = (
    "find(x)",
    "x.find(y)",
    "from sqlalchemy import select\nfind(x)",
    "x['select'](y)",
    "def select(): f(x)",
)


def _call(source: str) -> tuple[ModuleFacts, ast.expr]:
    module = module_facts("app/a.py", source.encode(), FACTS)
    assert isinstance(module, ModuleFacts)
    return module, module.of(ast.Call)[-1].func


@pytest.mark.parametrize("source", SELECTS)
def test_whatever_it_is_called_here(source: str) -> None:
    module, function = _call(source)
    assert last_name(module, function) == "select"
    assert is_named(module, function, ("update", "select"))
    assert not is_named(module, function, ("update",))


@pytest.mark.parametrize("source", OTHERS)
def test_others_are_not_named_so(source: str) -> None:
    module, function = _call(source)
    assert not is_named(module, function, ("update", "select"))
