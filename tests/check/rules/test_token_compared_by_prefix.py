"""Tokens compared by their beginning."""

from collections.abc import Callable

import pytest

from cellwall.check.file_kind import FileKind
from cellwall.check.gate import GatedSource
from cellwall.check.rules.token_compared_by_prefix import TokenComparedByPrefix
from cellwall.check.settings import CheckSettings

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
    pytest.param(
        """
        def f(one, two):
            return (one.apiKey # of the first
                    )[ : 8] == two.Session_ID [:8]
        """,
        [2],
        id="laid out in another way",
    ),
    pytest.param(
        """
        def f(mine, stored):
            return mine.auth_header . startswith(stored.secret)
        """,
        [2],
        id="apart from its name",
    ),
    pytest.param(
        """
        def f(a, b):
            return (a.token # {}
                    # {}
                    [:8]) == b.token[:8]
        """.format("x" * 300, "y" * 300),
        [2],
        id="behind a long comment",
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
PASSED_OVER = [
    'def f(path):\n    return path[:3] == "abc" and path.startswith("/")\n',
    "def f(token):\n    return token[1:], token\n",
    "def f(keys, n):\n    return keys[:n]\n",
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []


@pytest.mark.parametrize("source", PASSED_OVER)
def test_the_gate_keeps_out(settings: CheckSettings, source: str) -> None:
    gate = TokenComparedByPrefix().gate(settings)
    assert not GatedSource(source.encode(), FileKind.SERVICE).passes(gate)
