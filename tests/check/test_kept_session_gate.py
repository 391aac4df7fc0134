"""A session that is kept gets through under whatever name it is opened; a function's own does not."""

from itertools import product

import pytest

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.file_kind import FileKind
from cellwall.check.gate import GatedSource
from cellwall.check.rules.shared_session import SharedSession
from cellwall.check.settings import CheckSettings
from tests.check.gate_and_rule import finds, is_kept_out, passes
from tests.check.spacing import layouts

SETTINGS = CheckSettings()
OPENERS = [
    ("from sqlalchemy.orm import Session\n", "Session(1)"),
    ("from sqlalchemy.orm import Session as S\n", "S(1)"),
    ("from sqlalchemy.orm import (Session as\n                     S)\n", "S(1)"),
    ("import sqlalchemy.orm as orm\n", "orm.Session(1)"),
    ("from sqlalchemy.orm import Session\nS = Session\n", "S(1)"),
    ("from sqlalchemy.orm import Session\nimport os; S = Session\n", "S(1)"),
    ("from app.db import create_session\n", "(create_session)()"),
    ("from app.db import SessionLocal\n", "(None or SessionLocal())"),
    ("from sqlalchemy.orm import sessionmaker\nopened = sessionmaker()\n", "opened()"),
    ("from sqlalchemy.orm import sessionmaker\n", "sessionmaker()()"),
    ("from sqlalchemy.orm import sessionmaker\nfor x in y:\n    opened: Any = sessionmaker()\n", "opened()"),
    ("from sqlalchemy.orm import sessionmaker\nif (opened := sessionmaker()): pass\n", "opened()"),
    ("from sqlalchemy.orm import sessionmaker\nclass B:\n    opened = sessionmaker()\n", "B.opened()"),
]
KEPT = [
    "x = {}\n", "x: Session = {}\n", "if a:\n    x = {}\n", "if a: x = {}\n", "import os; x = {}\n",
    "try: x = {}\nfinally: pass\n", "class A: x = {}\n", "class A:\n    x: list[int] = {}\n",
    "class A:\n    def f(self):\n        self.x = {}\n", "class A:\n    def f(self): self.x: Any = {}\n",
    "class A:\n    def f(cls):\n        a; cls.x = {}\n", "(x) = {}\n", "print(x := {})\n",
    "class A:\n    def f(self):\n        self.x = a if b else {}\n", "with a: x = {}\n",
    "def f():\n    global x\n    x = {}\n", "def f():\n    class A:\n        x = {}\n", "else_ = x = {}\n",
    "import pytest\n@pytest.fixture(scope='module')\ndef f():\n    return {}\n",
    "import pytest\n@pytest.fixture(\n  scope  # wide\n  =WIDE)\ndef f():\n    s = {}\n    yield s\n",
    "import pytest\n@pytest.fixture(scope='class')\n@mark\ndef f(): return {}\n",
]  # fmt: skip
LOCAL = [
    "def test_a():\n    x = {}\n", "def test_a():\n    with {} as x: pass\n",
    "def test_a():\n    return {}\n",
    "class A:\n    def test_a(self):\n        '''\nx = y\n'''\n        x = {}\n        self.y = f(x)\n",
    "import pytest\n@pytest.fixture(scope='function')\ndef f():\n    return {}\n",
    "import pytest\n@pytest.fixture(scope='module')\ndef g():\n    pass\ndef f():\n    return {}\n",
    "class A:\n    def f(self, {}):\n        self.x = 'Session()'  # Session()\n",
]  # fmt: skip


@pytest.mark.parametrize("kept", KEPT)
def test_every_kept_session_gets_through(kept: str) -> None:
    count = 0
    for imports, opened in OPENERS:
        source = imports + kept.format(opened)
        if finds(SharedSession(), source, SETTINGS):
            count += 1
            assert passes(SharedSession(), source, SETTINGS), source
    assert count > 8 or "else_" in kept


@pytest.mark.parametrize(("opener", "kept"), [*product(OPENERS[:9:2], KEPT[::3])])
def test_layouts_hide_no_session(opener: tuple[str, str], kept: str) -> None:
    for _, source in layouts(opener[0] + kept.format(opener[1])):
        assert not is_kept_out(SharedSession(), source, SETTINGS), source


@pytest.mark.parametrize("local", LOCAL)
def test_what_ends_with_its_function_stays_out(local: str) -> None:
    for imports, opened in (OPENERS[0], OPENERS[3], ("", "service.create_session(1)")):
        source = imports + local.format(opened if "self, {}" not in local else "session: Session")
        assert not finds(SharedSession(), source, SETTINGS)
        assert not passes(SharedSession(), source, SETTINGS), source


def test_a_session_under_the_name_of_another_file_gets_through() -> None:
    facts = ProjectFacts(aliases={"app.db.opened": "sqlalchemy.orm.Session"})
    source = b"from app.db import opened\nclass A:\n    def f(self):\n        self.x = opened(1)\n"
    gate = SharedSession().gate(SETTINGS)
    assert GatedSource(source, FileKind.TEST, facts.renamed).passes(gate)
    assert not GatedSource(source, FileKind.TEST).passes(gate)
