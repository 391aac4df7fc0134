"""Everything of asyncio that the explorer uses and that is not public; no other file here does.

tests/explore/test_asyncio_private.py is its conformance suite; a Python on which that suite was not run is
refused.
"""

import asyncio
import heapq
import sys
import threading
from collections.abc import Callable
from contextvars import Context
from functools import cache
from types import BuiltinMethodType, MethodType
from typing import Any, Final, Self

from cellwall.explore.errors import UnsupportedPythonError

TESTED: Final = ((3, 11), (3, 12), (3, 13))


def require_tested_python(version: tuple[int, int] = sys.version_info[:2]) -> None:
    """Raise UnsupportedPythonError unless the conformance suite was run on this Python."""
    if version not in TESTED:
        tested = ", ".join(f"{major}.{minor}" for major, minor in TESTED)
        raise UnsupportedPythonError(
            f"schedules cannot be explored on Python {version[0]}.{version[1]}: the explorer replaces "
            f"private parts of asyncio, which were tested on {tested} only. Run the tests on one of these."
        )


class _Listener:
    """As much of a loop as a task's constructor talks to; keeps the first callback's type."""

    def __init__(self) -> None:
        self.kind: type = object

    def call_soon(self, callback: object, *_args: object, **_context: object) -> None:
        self.kind = type(callback)

    def get_debug(self) -> bool:
        return False


@cache
def step_kind() -> type:
    """Give the type of the callback by which a task asks for its next step."""

    async def nothing() -> None:
        """Never run."""

    listener, coroutine = _Listener(), nothing()
    task: Any = asyncio.Task(coroutine, loop=listener)  # type: ignore[arg-type]
    task._log_destroy_pending = False
    coroutine.close()
    return listener.kind


def woken_task(callback: object) -> "asyncio.Task[Any] | None":
    """Give the task that this callback makes a step of, if it does."""
    if type(callback) is BuiltinMethodType:
        if callback.__name__ != "task_wakeup":
            return None
    elif isinstance(callback, MethodType):
        if callback.__name__ not in ("__step", "__wakeup", "_Task__step", "_Task__wakeup"):
            return None
    elif type(callback) is not step_kind():
        return None
    owner = callback.__self__  # type: ignore[attr-defined]
    return owner if isinstance(owner, asyncio.Task) else None


def run_handle(handle: asyncio.Handle) -> None:
    """Run a callback in its context; an exception goes to the loop's exception handler."""
    handle._run()


def waited_for(task: "asyncio.Task[Any]") -> object:
    """Give the future that the task is suspended on, None when its next step is due."""
    return getattr(task, "_fut_waiter", None)


def drop_pending_warning(task: "asyncio.Task[Any]") -> None:
    """Keep asyncio from logging that the task was destroyed while it was pending."""
    task._log_destroy_pending = False  # type: ignore[attr-defined]


class _OrderedTimer(asyncio.TimerHandle):
    """A timer that comes after those of the same time that were made before; asyncio leaves that open."""

    __slots__ = ("_order",)

    def __init__(self, order: int, *timer: Any) -> None:
        super().__init__(*timer)
        self._order = order

    def __lt__(self, other: object) -> bool:
        if isinstance(other, _OrderedTimer):
            return (self.when(), self._order) < (other.when(), other._order)
        return super().__lt__(other)  # type: ignore[operator]


class OpenLoop(asyncio.SelectorEventLoop):
    """A selector loop whose turns, outside sources and queues are the subclass's to handle.

    While `engaged` is false it is the selector loop of the standard library, in every respect but the clock:
    time passes when nothing else can happen.
    """

    engaged: bool
    _selector: Any
    _ready: Any
    _scheduled: Any
    _asyncgens: Any
    _thread_id: int | None
    _write_to_self: Any
    _process_events: Any
    _check_closed: Any
    _check_thread: Any
    _check_callback: Any

    def __new__(cls) -> Self:
        require_tested_python()  # before there is a loop, which asyncio would look at when it goes
        return super().__new__(cls)

    def __init__(self) -> None:
        self.engaged = False
        self._made = 0
        super().__init__()
        self._own_fds = len(self._selector.get_map())
        self._selecting = False

    # What the subclass gives.

    def turn(self) -> None:
        """Run steps until the loop is asked to stop."""
        raise NotImplementedError

    def enqueue(self, handle: asyncio.Handle) -> None:
        """Take a callback that is due."""
        raise NotImplementedError

    def outside(self, what: str) -> None:
        """Take note of a source of events that the explorer does not control."""
        raise NotImplementedError

    # What the standard library calls.

    def _run_once(self) -> None:
        if self.engaged:
            self.turn()
        else:
            super()._run_once()  # type: ignore[misc]

    def _add_callback(self, handle: asyncio.Handle) -> None:
        if not self.engaged:
            super()._add_callback(handle)  # type: ignore[misc]
        elif not handle.cancelled():
            self.enqueue(handle)

    def _add_reader(self, fd: int, callback: Callable[..., object], *args: object) -> asyncio.Handle:
        self.outside("a real socket or pipe")
        added: asyncio.Handle = super()._add_reader(fd, callback, *args)  # type: ignore[misc]
        return added

    def _add_writer(self, fd: int, callback: Callable[..., object], *args: object) -> asyncio.Handle:
        self.outside("a real socket or pipe")
        added: asyncio.Handle = super()._add_writer(fd, callback, *args)  # type: ignore[misc]
        return added

    # What the subclass uses.

    def new_handle(
        self, callback: Callable[..., object], args: tuple[Any, ...], context: Context | None
    ) -> asyncio.Handle:
        """Give a callback with the context that it runs in."""
        return asyncio.Handle(callback, args, self, context)

    def new_timer(
        self, when: float, callback: Callable[..., object], args: tuple[Any, ...], context: Context | None
    ) -> asyncio.TimerHandle:
        """Give a callback with its time."""
        return asyncio.TimerHandle(when, callback, args, self, context)

    def plain_call_at(
        self, when: float, callback: Callable[..., object], args: tuple[Any, ...], context: Context | None
    ) -> asyncio.TimerHandle:
        """Call at that time, as the standard library does, but keep the order of equal times."""
        self._check_closed()
        if self.get_debug():
            self._check_thread()
            self._check_callback(callback, "call_at")
        self._made += 1
        timer = _OrderedTimer(self._made, when, callback, args, self, context)
        self.put_timer(timer)
        return timer

    def has_real_sources(self) -> bool:
        """Tell whether a real socket or pipe is registered."""
        return len(self._selector.get_map()) > self._own_fds

    def poll(self, timeout: float | None) -> None:
        """Wait for real events as long as that (s), and queue their callbacks."""
        self._selecting = True
        try:
            events = self._selector.select(timeout)
        finally:
            self._selecting = False
        self._process_events(events)

    def wake(self) -> None:
        """Wake the loop where it waits for real events."""
        if self._selecting or threading.get_ident() != self._thread_id:
            self._write_to_self()

    def take_queue(self) -> list[asyncio.Handle]:
        """Take the callbacks that are due out of the standard library's queue."""
        taken = list(self._ready)
        self._ready.clear()
        return taken

    def put_queue(self, handles: list[asyncio.Handle]) -> None:
        """Put callbacks that are due into the standard library's queue."""
        self._ready.extend(handles)

    def take_timers(self) -> list[asyncio.TimerHandle]:
        """Take the timers out of the standard library's heap."""
        taken = [timer for timer in self._scheduled if not timer._cancelled]
        for timer in self._scheduled:
            timer._scheduled = False
        self._scheduled.clear()
        self._timer_cancelled_count = 0
        return taken

    def put_timer(self, timer: asyncio.TimerHandle) -> None:
        """Put a timer into the standard library's heap."""
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True  # type: ignore[attr-defined]

    def replace_selector(self, wrap: Callable[[Any], Any]) -> None:
        """Put something around the selector."""
        self._selector = wrap(self._selector)

    def open_generators(self) -> list[Any]:
        """Give the asynchronous generators that were begun and not ended."""
        return list(self._asyncgens)
