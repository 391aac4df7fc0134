"""A limit on the time that one file may take, so that no file and no rule can hang a check."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from cellwall.check.described import Described

SECONDS: Final = 60.0
REAL: Final = 5.0  # times as long by the clock on the wall: what waits uses no processor
_AGAIN: Final = 1.0  # seconds after which the time is over once more, for those who swallow it
_PATIENCE: Final = 10


class TooSlow(BaseException):  # a rule's `except Exception` must not swallow it
    """The time was used up."""


@final
class Limit:
    """What is left of one file's time; `path` and `rule` say what is under way."""

    __slots__ = ("_more", "_seconds", "path", "raised", "rule")

    def __init__(self, seconds: float) -> None:
        """Keep it; nothing is limited yet."""
        self.path = ""
        self.rule: Described | None = None
        self.raised = 0
        self._seconds = seconds
        self._more = True

    def start(self) -> None:
        """Give the whole time from now on."""
        self.raised = 0
        _ring(self._seconds, _AGAIN)

    def stop(self) -> None:
        """Limit nothing from now on."""
        _ring(0.0)

    def once_more(self) -> bool:
        """Give the time a second time, after one rule has used up the first; not a third time."""
        self.stop()
        if self._more:
            self.start()
        more, self._more = self._more, False
        return more


@final
class Steps:
    """Limits each of many steps, `with steps:`, by a timer that is set once for all: none costs a call.

    A step is over when it is under way the second time that the timer rings, so after one to two limits.
    """

    __slots__ = ("_begun", "_heard", "_under_way", "in_force")

    def __init__(self) -> None:
        """Limit nothing yet."""
        self.in_force = False
        self._begun = 0
        self._under_way = False
        self._heard: dict[int, int] = {}  # signal -> the step at which it came last

    def __enter__(self) -> None:
        """Begin a step."""
        self._begun += 1
        self._under_way = True

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._under_way = False

    def is_over(self, number: int) -> bool:
        """Tell, each time that a signal comes, whether the step under way has used up its time."""
        before = self._heard.get(number)
        self._heard[number] = self._begun
        return self._under_way and before == self._begun


_limits: Final[list[Limit]] = []
_steps: Final[list[Steps]] = []
_taken: Final[list[signal.Signals]] = []  # the signals that are ours while `signal_taken` is entered


def limit() -> Limit | None:
    """Give the limit that is in force."""
    return _limits[-1] if _limits else None


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooSlow in the block after this much processor time here, or `REAL` times that by the clock.

    Only the main thread can be interrupted; elsewhere, and where a timer runs already, nothing is limited.
    """
    if not _in_main_thread() or signal.getitimer(signal.ITIMER_VIRTUAL)[0]:
        yield
        return
    with signal_taken():
        now = Limit(seconds)
        _limits.append(now)
        try:
            now.start()
            yield
        finally:
            now.stop()
            _limits.pop()


@contextmanager
def each_limited(seconds: float) -> Iterator[Steps]:
    """Raise TooSlow in a step that takes more than this processor time, or `REAL` times that by the clock.

    What is limited already, and other threads, are left alone: the steps are not in force then.
    """
    steps = Steps()
    if not _in_main_thread():
        yield steps
    elif _steps or signal.getitimer(signal.ITIMER_VIRTUAL)[0]:
        yield _steps[-1] if _steps else steps
    else:
        with signal_taken():
            _steps.append(steps)
            steps.in_force = True
            try:
                _ring(seconds)
                yield steps
            finally:
                _ring(0.0)
                steps.in_force = False
                _steps.pop()


@contextmanager
def signal_taken() -> Iterator[None]:
    """Take the timers' signals once for all limits in the block: to set a timer costs a tenth of that.

    The clock's is left alone where somebody else uses it.
    """
    if _taken or not _in_main_thread():
        yield
        return
    free = not signal.getitimer(signal.ITIMER_REAL)[0]
    _taken[:] = [signal.SIGVTALRM, signal.SIGALRM] if free else [signal.SIGVTALRM]
    before = [signal.signal(each, _expired) for each in _taken]
    try:
        yield
    finally:
        for each, handler in zip(_taken, before, strict=True):
            signal.signal(each, handler)
        _taken.clear()


def _ring(seconds: float, again: float | None = None) -> None:
    """Set our timers, 0 to stop them; they ring `again` after so much, without it after the same time."""
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, seconds if again is None else again)
    if signal.SIGALRM in _taken:
        signal.setitimer(signal.ITIMER_REAL, seconds * REAL, seconds * REAL if again is None else again)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _expired(number: int, frame: FrameType | None) -> None:
    """Raise TooSlow; where it is swallowed again and again, end the process and say so."""
    now = limit()
    if now is None:
        if _steps and _steps[-1].is_over(number):
            raise TooSlow
        return  # it came at the very end, or first in a step
    now.raised += 1
    if now.raised > _PATIENCE:
        what = f"{now.path}: the rule {now.rule.code} {now.rule.name}" if now.rule else "a rule"
        os.write(2, f"cellwall check: {what} does not stop when its time is over\n".encode())
        os._exit(2)
    raise TooSlow
