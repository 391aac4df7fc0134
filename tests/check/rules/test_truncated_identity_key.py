"""A key of a part of a token."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "truncated-identity-key"
FOUND = [
    pytest.param(
        """
        def f(cache, token):
            key = f"u:{token[:10]}"
            return cache.get(key)
        """,
        [2],
        id="an f-string",
    ),
    pytest.param(
        """
        def f(cache, jwt, value):
            cache.set(key=jwt[:12], value=value)
        """,
        [2],
        id="a keyword",
    ),
]
SILENT = [
    pytest.param(
        """
        def f(token):
            print(f"{token[:4]}...")
        """,
        id="shown",
    ),
    pytest.param(
        """
        def f(api_key):
            _api_key = api_key[:8] + "*" * 15
            log(_api_key)
        """,
        id="hidden for the log",
    ),
    pytest.param(
        """
        def f(cache, users):
            return cache.get(users[:10])
        """,
        id="a list of users",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
