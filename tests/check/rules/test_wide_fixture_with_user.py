"""Fixtures of many tests with a user."""

from collections.abc import Callable

import pytest

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
