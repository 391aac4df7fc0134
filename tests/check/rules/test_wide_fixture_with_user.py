"""Fixtures of many tests with a user."""

from collections.abc import Callable

import pytest

from cellwall.check.engine import rules_for
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings

Lines = Callable[..., list[int]]
RULE = "wide-fixture-with-user"
FOUND = [
    pytest.param(
        """
        import pytest
        @pytest.fixture(scope="class")
        def access_token(client):
            return client.login()
        """,
        [2],
        id="a class",
    ),
]
SILENT = [
    pytest.param(
        """
        import pytest
        @pytest.fixture(scope="session")
        def minio_credentials():
            return login("minio")
        @pytest.fixture(scope="module")
        def github_access_token():
            return login("github")
        """,
        id="what opens another service",
    ),
    pytest.param(
        """
        import pytest
        @pytest.fixture(scope="session")
        def user():
            return {"name": "ann"}
        """,
        id="constants",
    ),
    pytest.param(
        """
        import pytest
        @pytest.fixture(scope="session")
        def engine():
            return make()
        """,
        id="an engine",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source, path="tests/test_x.py") == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source, path="tests/test_x.py") == []


@pytest.mark.parametrize(
    ("head", "function", "passes"),
    [
        ('@pytest.fixture(scope="class")', "redis", False),
        ('@pytest.fixture(scope="function")', "admin_user", False),
        ('@pytest.fixture(scope="class")', "admin_user", True),
        ('@pytest.fixture(scope="class")  # def redis():', "admin_user", True),
        ('@pytest.fixture(name="admin_user", scope="class")', "make", True),
        ('@pytest.fixture(scope="class", name=("admin_" "user"))', "make", True),
    ],
)
def test_only_files_with_such_a_name_are_parsed(head: str, function: str, passes: bool) -> None:
    source = f"import pytest\n\n\n{head}\nasync def {function}():\n    return open_it()\n".encode()
    settings = CheckSettings(rules=(RULE,))
    assert bool(rules_for("tests/test_a.py", source, settings, ProjectFacts())) is passes
