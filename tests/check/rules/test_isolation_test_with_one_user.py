"""Isolation with one user."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "isolation-test-with-one-user"
FOUND = [
    pytest.param(
        """
        def test_cross_tenant_access(client):
            assert client.get("/a", tenant_id="t1")
        """,
        [2],
        id="tenants",
    ),
]
SILENT = [
    pytest.param(
        """
        def test_user_isolation(client):
            client.get(user_id="a")
            client.get(user_id="b")
        """,
        id="two texts",
    ),
    pytest.param(
        """
        def test_session_isolation():
            a = make_session()
            b = make_session()
            assert a is not b
        """,
        id="made twice",
    ),
    pytest.param(
        """
        def test_user_isolation(client):
            for n in range(3):
                client.get(n)
        """,
        id="a loop",
    ),
    pytest.param(
        """
        def test_isolation_level(db):
            assert db
        """,
        id="not about users",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source, path="tests/test_x.py") == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source, path="tests/test_x.py") == []
