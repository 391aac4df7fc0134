"""Which calls open a database session."""

import ast

import pytest

from cellwall.check.engine import check_source
from cellwall.check.file_kind import FileKind
from cellwall.check.gate import GatedSource
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.session_makers import is_replaced, opens_session, session_gate
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES

SETTINGS = CheckSettings(roles=DEFAULT_ROLES)


def last_call(source: str) -> tuple[ModuleFacts, ast.Call]:
    facts = module_facts("tests/test_x.py", source.encode(), ProjectFacts())
    assert isinstance(facts, ModuleFacts)
    return facts, facts.of(ast.Call)[-1]


@pytest.mark.parametrize(
    "source",
    [
        "from app.db import create_session\ncreate_session()",
        "import app.db\napp.db.create_session()",
        "import app.db\napp.db.create_session(engine)",
        "from app.db import create_session as opened\nopened()",
        "from sqlalchemy.orm import Session\nSession(engine)",
        "from sqlalchemy.ext.asyncio import AsyncSession\nAsyncSession(engine)",
        "from sqlmodel import Session\nSession(engine)",
        "from sqlalchemy.orm import sessionmaker\nOpened = sessionmaker(engine)\nOpened()",
        "from sqlalchemy.ext.asyncio import async_sessionmaker\nopened = async_sessionmaker()\nopened()",
        "from app.db import SessionLocal\nSessionLocal()",
    ],
)
def test_it_opens_one(source: str) -> None:
    facts, call = last_call(source)
    assert opens_session(facts, call, SETTINGS)


@pytest.mark.parametrize(
    "source",
    [
        "import aiohttp\naiohttp.ClientSession()",
        "import requests\nrequests.Session()",
        "from sqlalchemy.orm import sessionmaker\nsessionmaker(engine)",
        "from unittest.mock import AsyncMock\nfrom sqlalchemy.orm import Session\nAsyncMock(spec=Session)",
        "from app.web import Session\nSession()",
        "def f(session_factory):\n    session_factory()",
        "class Socket:\n    def open(self, id):\n        self.server = serving()\n"
        "        self.talk = self.server.create_session(id, register=False)",
        "from app.talk import Talks\ntalks = Talks()\ntalks.create_session('triage', user_id=1)",
    ],
)
def test_it_opens_none(source: str) -> None:
    facts, call = last_call(source)
    assert not opens_session(facts, call, SETTINGS)


def test_only_what_the_role_names_is_replaced() -> None:
    assert is_replaced(*last_call("from app.db import create_session\ncreate_session()"), SETTINGS)
    assert not is_replaced(*last_call("from sqlalchemy.orm import Session\nSession()"), SETTINGS)


@pytest.mark.parametrize(
    "given",
    [
        "return Session",
        "return (Session)",
        "return (  # it\n        Session\n    )",
        "return orm.Session",
        "return orm . \\\n        Session",
        "yield Session",
    ],
)
def test_a_function_may_give_what_opens_it(given: str) -> None:
    source = f"from sqlalchemy import orm\nfrom sqlalchemy.orm import Session\n\n\ndef kind():\n    {given}\n"
    source += "\n\nclass Service:\n    def __init__(self, engine):\n        self.session = kind()(engine)\n"
    report = check_source("app/service.py", source.encode(), SETTINGS, ProjectFacts())
    assert [finding.code for finding in report.findings] == ["CW103"]


def test_a_function_that_says_its_kind_alone_stays_out() -> None:
    gate = session_gate(SETTINGS)
    for text in (
        "def rows(session: Session) -> None: ...",
        "def kind(x):\n    return isinstance(x, Session)",
    ):
        source = f"from sqlalchemy.orm import Session\n\n\n{text}\n"
        assert not GatedSource(source.encode(), FileKind.SERVICE).passes(gate)
