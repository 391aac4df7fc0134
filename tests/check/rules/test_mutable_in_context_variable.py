"""A container in a context variable."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "mutable-in-context-variable"
FOUND = [
    pytest.param(
        """
        from contextvars import ContextVar
        seen = ContextVar("seen", default=dict())
        """,
        [2],
        id="a call",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        seen = ContextVar("seen")
        def add(k):
            seen.get()[k] = 1
        """,
        [4],
        id="an item set",
    ),
]
SILENT = [
    pytest.param(
        """
        from contextvars import ContextVar
        seen = ContextVar("seen", default=())
        """,
        id="a tuple",
    ),
    pytest.param(
        """
        table = {}
        def add(k):
            table.get(k).append(1)
        """,
        id="a dictionary's get",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
