"""Tokens compared by their beginning."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "token-compared-by-prefix"
FOUND = [
    pytest.param(
        """
        def f(a, b):
            return a.token[:8] == b.token[:8]
        """,
        [2],
        id="attributes",
    ),
]
SILENT = [
    pytest.param(
        """
        def is_typing(token, prev_token):
            return token.startswith(prev_token)
        """,
        id="what was typed before",
    ),
    pytest.param(
        """
        def f(token):
            return token.startswith("sk-")
        """,
        id="a kind of token",
    ),
    pytest.param(
        """
        def f(token, token_prefix):
            return token.startswith(token_prefix)
        """,
        id="a prefix that is meant",
    ),
    pytest.param(
        """
        def f(token, quotes):
            return token[:3] in quotes or token[:2] in quotes
        """,
        id="tokens of a language",
    ),
    pytest.param(
        """
        def f(token):
            return token[:3] == "sk-"
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
