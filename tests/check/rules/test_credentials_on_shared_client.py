"""Credentials on a client of all."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "credentials-on-shared-client"
FOUND = [
    pytest.param(
        """
        import requests
        s = requests.Session()
        def go(token):
            s.cookies.set("t", token)
        """,
        [4],
        id="a cookie",
    ),
]
SILENT = [
    pytest.param(
        """
        import requests
        def go(token):
            s = requests.Session()
            s.headers["A"] = token
        """,
        id="a local client",
    ),
    pytest.param(
        """
        import requests
        s = requests.Session()
        def go(token):
            s.headers["A"] = "b"
        """,
        id="a constant",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
