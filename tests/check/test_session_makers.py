"""Which calls open a database session."""

import ast

import pytest

from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.session_makers import is_replaced, opens_session
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
