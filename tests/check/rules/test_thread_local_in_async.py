"""A thread-local that tasks share."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "thread-local-in-async"
FOUND = [
    pytest.param(
        """
        import threading
        class A:
            def __init__(self):
                self._local = threading.local()
            async def go(self):
                self._local.value = 1
        """,
        [4],
        id="on self",
    ),
]
SILENT = [
    pytest.param(
        """
        import threading
        class Nothing(threading.local):
            async def __aenter__(self):
                return self
        """,
        id="a class that keeps nothing",
    ),
    pytest.param(
        """
        import threading
        state = threading.local()
        def buffer():
            state.buffer = bytearray(1)
            return state.buffer
        """,
        id="buffers",
    ),
    pytest.param(
        """
        from asgiref.local import Local
        state = Local()
        async def go(user):
            state.user = user
        """,
        id="another local",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
