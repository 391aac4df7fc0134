"""Where the context of a repair comes from: what is in sight, a fixture that fits, or built in place."""

from collections.abc import Callable
from importlib import import_module

import pytest

from cellwall.check.context_supply import FASTAPI_CONTEXT, user_id_for
from cellwall.check.fixer import FixResult
from cellwall.check.reason import Reason

Fix = Callable[..., FixResult]
HEAD = "from app.agents import AgentRegistry\nfrom app.db import connect\n"
CALL = 'AgentRegistry.get_agent("x")'
CONFTEST = """
import pytest
from cellwall import UserExecutionContext

@pytest.fixture
def user_context():
    return UserExecutionContext.create_for_user("u")
"""

SHAPES = {
    "bound before": f"def test_a():\n    user_context = make()\n    {CALL}\n",
    "bound by with": f"def test_a():\n    with make() as user_context:\n        {CALL}\n",
    "closure over a parameter": f"def test_a(user_context):\n    def inner():\n        {CALL}\n",
    "closure over a variable": (
        f"def test_a():\n    user_context = make()\n    def inner():\n        {CALL}\n"
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_in_sight_is_used(shape: str, fix: Fix) -> None:
    result = fix(HEAD + SHAPES[shape])
    assert result.source.decode().count("user_context") == SHAPES[shape].count("user_context") + 1
    assert b'create_agent("x", user_context)' in result.source


OTHER_NAME = {
    "bound later": f"def test_a():\n    {CALL}\n    user_context = make()\n",
    "bound in a branch": f"def test_a(c):\n    if c:\n        user_context = make()\n    {CALL}\n",
    "no context at all": f'def test_a():\n    user_context = {{"user_id": 1}}\n    {CALL}\n',
    "a global is read": f"user_context = 1\ndef test_a():\n    {CALL}\n    print(user_context)\n",
}


@pytest.mark.parametrize("shape", OTHER_NAME)
def test_a_name_that_may_be_unbound_or_something_else_is_not_used(shape: str, fix: Fix) -> None:
    result = fix(HEAD + OTHER_NAME[shape])
    assert b"    request_user_context = UserExecutionContext.create_for_user(" in result.source
    assert b'create_agent("x", request_user_context)' in result.source


def test_the_fixture_of_a_conftest_is_asked_for(fix: Fix) -> None:
    source = f"{HEAD}def test_a(db, flag=1):\n    {CALL}\n"
    result = fix(source, files={"tests/conftest.py": CONFTEST})
    assert b"def test_a(db, user_context, flag=1):" in result.source
    assert b"UserExecutionContext" not in result.source


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def test_a():", "def test_a(user_context):"),
        ("def test_a(db: 'x'):", "def test_a(db: 'x', user_context):"),
        ("def test_a(*, k):", "def test_a(user_context, *, k):"),
        ("def test_a(**k):", "def test_a(user_context, **k):"),
        ("def test_a(k=1):", "def test_a(user_context, k=1):"),
        ("def test_a(\n    db,\n):", "def test_a(\n    db, user_context,\n):"),
        ("def test_a(  # why\n    ):", "def test_a(user_context  # why\n    ):"),
    ],
)
def test_parameters(before: str, after: str, fix: Fix) -> None:
    result = fix(f"{HEAD}{before}\n    {CALL}\n", files={"tests/conftest.py": CONFTEST})
    assert after in result.source.decode()


NOT_ASKED_FOR = {
    "a helper": ("def helper():", CONFTEST),
    "positional only": ("def test_a(db, /):", CONFTEST),
    "an unknown decorator": ("@given(1)\ndef test_a(x):", CONFTEST),
    "a fixture of the session": ("import pytest\n@pytest.fixture(scope='session')\ndef thing():", CONFTEST),
    "a fixture that gives a dict": (
        "def test_a():",
        "import pytest\n@pytest.fixture\ndef user_context():\n    return {}\n",
    ),
    "no fixture": ("def test_a():", "x = 1\n"),
}


@pytest.mark.parametrize("shape", NOT_ASKED_FOR)
def test_elsewhere_it_is_built_in_place(shape: str, fix: Fix) -> None:
    opening, conftest = NOT_ASKED_FOR[shape]
    result = fix(f"{HEAD}{opening}\n    {CALL}\n", files={"tests/conftest.py": conftest})
    assert b"    user_context = UserExecutionContext.create_for_user(" in result.source


def test_a_unittest_method_takes_no_parameter(fix: Fix) -> None:
    source = f"import unittest\n{HEAD}class T(unittest.TestCase):\n  def test_a(self):\n    {CALL}\n"
    result = fix(source, files={"tests/conftest.py": CONFTEST})
    assert b"def test_a(self):" in result.source
    assert b'create_for_user("user-test-a")' in result.source


def test_a_fixture_is_not_made_to_ask_for_what_asks_for_it(fix: Fix) -> None:
    source = f"""
import pytest
from cellwall import UserExecutionContext
{HEAD}
@pytest.fixture
def user_context(db):
    return UserExecutionContext.create_for_user(db)

@pytest.fixture
def db(pool):
    return {CALL}

@pytest.fixture
def other():
    return {CALL}
"""
    result = fix(source)
    assert b"def db(pool):" in result.source
    assert b"def other(user_context):" in result.source


def test_a_fixture_of_a_class_is_seen_only_there(fix: Fix) -> None:
    source = f"""
import pytest
from cellwall import UserExecutionContext
{HEAD}
class TestOne:
    @pytest.fixture
    def user_context(self):
        return UserExecutionContext.create_for_user("one")

    def test_in(self):
        {CALL}

class TestTwo:
    def test_out(self):
        {CALL}
"""
    result = fix(source)
    assert b"def test_in(self, user_context):" in result.source
    assert b"def test_out(self):" in result.source


def test_application_code_gets_no_invented_user(fix: Fix) -> None:
    result = fix(f"{HEAD}def handle():\n    {CALL}\n", path="app/x.py", include_app=True)
    assert [finding.reason for finding in result.remaining] == [Reason.NO_CONTEXT]


def test_a_user_id_is_always_the_same() -> None:
    assert user_id_for("test_get_agent") == "user-test-get-agent"
    assert user_id_for("testÄ__b") == "user-test-b"
    assert user_id_for("___") == "user-of-test"


def test_the_parameter_of_a_fastapi_handler_is_a_context(fix: Fix) -> None:
    library, _, name = FASTAPI_CONTEXT.rpartition(".")
    assert hasattr(import_module(library), name)
    handler = f"from {library} import {name}\n{HEAD}async def ask(context: {name}):\n    {CALL}\n"
    result = fix(handler, path="app/x.py", include_app=True)
    assert b'create_agent("x", context)' in result.source


def test_what_a_parameter_must_be_is_said(fix: Fix) -> None:
    result = fix(f"{HEAD}async def ask(context):\n    {CALL}\n", path="app/x.py", include_app=True)
    (left,) = result.remaining
    assert "called `user_context`, or annotated as UserExecutionContext" in left.detail
