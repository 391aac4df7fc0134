"""A thread-local that tasks share."""

from collections.abc import Callable

import pytest

from cellwall.check.file_kind import FileKind
from cellwall.check.gate import GatedSource
from cellwall.check.rules.thread_local_in_async import ThreadLocalInAsync
from cellwall.check.settings import CheckSettings

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
    pytest.param(
        """
        import _thread
        class State(_thread._local):
            async def go(self):
                self.value = 1
        """,
        [2],
        id="the class that C gives",
    ),
    pytest.param(
        """
        from threading import local as Kept
        state = Kept()
        async def go():
            state.value = 1
        """,
        [2],
        id="under another name",
    ),
    pytest.param(
        """
        import threading as t
        state = t . \\
            local()
        async def go():
            state.value = 1
        """,
        [2],
        id="on a line of its own",
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
PASSED_OVER = [
    "import locale\nlocal_time = locale.local2\n",
    "from x import localhost\n",
    "nonlocal_ = nonlocal1 = notlocal\n",
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []


@pytest.mark.parametrize("source", PASSED_OVER)
def test_the_gate_keeps_out(settings: CheckSettings, source: str) -> None:
    gate = ThreadLocalInAsync().gate(settings)
    assert not GatedSource(source.encode(), FileKind.SERVICE).passes(gate)
