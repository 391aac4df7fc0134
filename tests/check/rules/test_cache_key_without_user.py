"""Something of one user under everybody's key."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "cache-key-without-user"
FOUND = [
    pytest.param(
        """
        def f(redis, user):
            data = build(user)
            redis.setex("menu", 60, data)
        """,
        [3],
        id="setex",
    ),
]
SILENT = [
    pytest.param(
        """
        def f(redis, user):
            redis.setex(f"menu:{user.id}", 60, build(user))
        """,
        id="the key tells",
    ),
    pytest.param(
        """
        def f(redis, user):
            key = make_key()
            redis.set(key, build(user))
        """,
        id="a key made elsewhere",
    ),
    pytest.param(
        """
        def f(form, user):
            form.set("user", user)
        """,
        id="not a cache",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
