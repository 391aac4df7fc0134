"""Fixtures that give one session to many tests."""

from collections.abc import Callable

import pytest

from cellwall.check.fixer import FixResult
from cellwall.check.reason import Reason

Fix = Callable[..., FixResult]
HEAD = "import pytest\nfrom app.db import create_session\n\n"
USER = "\n\nasync def test_add(session, user_context):\n    session.add(1)\n"


def fixture(decorator: str, body: str = "return create_session()") -> str:
    return f"{HEAD}{decorator}\ndef session():\n    {body}\n{USER}"


@pytest.mark.parametrize(
    ("decorator", "after"),
    [
        ('@pytest.fixture(scope="module")', "@pytest.fixture\n"),
        ('@pytest.fixture(params=[1], scope="class")', "@pytest.fixture(params=[1])\n"),
        ("@pytest.fixture(scope=chosen)", None),
        ('@pytest.fixture(scope="session", autouse=True)', None),
        ('@pytest.fixture(scope="session", loop_scope="session")', None),
    ],
)
def test_the_scope_goes_and_the_rest_stays(fix: Fix, decorator: str, after: str | None) -> None:
    result = fix(fixture(decorator), rules=("CW103",))
    if after is None:
        assert [finding.reason for finding in result.remaining] == [Reason.UNKNOWN_SHAPE]
    else:
        assert f"\n{after}async def session():\n".encode() in result.source
        assert not result.remaining


@pytest.mark.parametrize(
    "body",
    [
        "session = create_session()\n    session.add(1)\n    yield session",
        "session = create_session()\n    yield session\n    yield session",
        "session = create_session()\n    session = wrap(session)\n    yield session",
        "yield wrap(create_session())",
        "first = create_session()\n    second = 2\n    yield second",
    ],
)
def test_what_does_more_is_not_torn_apart(fix: Fix, body: str) -> None:
    source = fixture('@pytest.fixture(scope="module")', body)
    result = fix(source, rules=("CW103",))
    if "session.add(1)\n    yield" in body:
        assert b"        session.add(1)\n        yield session" in result.source
    else:
        assert result.source.decode() == source


def test_a_project_without_async_fixtures(fix: Fix) -> None:
    result = fix(fixture('@pytest.fixture(scope="module")'), rules=("CW103",), async_tests=False)
    assert [finding.reason for finding in result.remaining] == [Reason.SYNC_CALLER]


def test_conftest(fix: Fix) -> None:
    source = fixture('@pytest.fixture(scope="module")')
    result = fix(source, path="tests/conftest.py", rules=("CW103",))
    assert [finding.reason for finding in result.remaining] == [Reason.ESCAPES]
