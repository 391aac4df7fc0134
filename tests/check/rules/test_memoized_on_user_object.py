"""Memoized on a user object."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "memoized-on-user-object"
FOUND = [
    pytest.param(
        """
        from app.caches import cache
        from app.models import User
        @cache.memoize()
        def f(user: User | None):
            return user
        """,
        [4],
        id="an optional one",
    ),
]
SILENT = [
    pytest.param(
        """
        from shop.decorators import memoize
        class Artifact:
            @memoize
            def subscribed(self, user=None):
                return 1
        """,
        id="a method by a decorator of the project's own, which may keep results on the object",
    ),
    pytest.param(
        """
        from app.caches import cache
        @cache.memoize()
        def f(user: int):
            return user
        """,
        id="its id",
    ),
    pytest.param(
        """
        def f(user):
            return user
        """,
        id="not memoized",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
