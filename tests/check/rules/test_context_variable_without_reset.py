"""A context variable that stays set."""

from collections.abc import Callable

import pytest

from cellwall.check.fixer import FixResult

Lines = Callable[..., list[int]]
RULE = "context-variable-without-reset"
FOUND = [
    pytest.param(
        """
        from contextvars import ContextVar
        user = ContextVar("user")
        async def with_user(request):
            user.set(request.user)
            yield
        """,
        [4],
        id="a dependency",
    ),
]
SILENT = [
    pytest.param(
        """
        from contextvars import ContextVar
        user = ContextVar("user")
        def acting(value):
            user.set(value)
            try:
                yield
            finally:
                user.set(None)
        """,
        id="set back at the end",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        spent = ContextVar("spent")
        async def stream():
            yield 1
            spent.set(2)
        """,
        id="counted after the yield",
    ),
    pytest.param(
        """
        import threading
        done = threading.Event()
        def wait(x):
            done.set(x)
            yield
        """,
        id="an event",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        user = ContextVar("user")
        class A:
            def __enter__(self):
                user.set(1)
            def __exit__(self, *e):
                user.set(None)
        """,
        id="left by the other half",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []


HEAD = """\
from contextlib import contextmanager
from contextvars import ContextVar

user = ContextVar("user")


@contextmanager
def acting_as(value):
"""


def test_the_comment_of_the_yield_and_the_indentation_are_kept(fix: Callable[..., FixResult]) -> None:
    source = HEAD + "  user.set(value)\n  yield  # hand over\n"
    wanted = "  token = user.set(value)\n  try:\n    yield  # hand over\n  finally:\n    user.reset(token)\n"
    assert fix(source, path="app/a.py", include_app=True).source.decode() == HEAD + wanted


def test_what_is_made_of_the_token_is_not_taken_for_it(fix: Callable[..., FixResult]) -> None:
    source = HEAD + "  print(user.set(value))\n  yield\n"
    assert fix(source, path="app/a.py", include_app=True).source.decode() == source
