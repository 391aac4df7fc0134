"""A limit on the time that one file may take, so that no file and no rule can hang a check."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, final

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
        signal.setitimer(signal.ITIMER_VIRTUAL, self._seconds, _AGAIN)
        if signal.SIGALRM in _taken:
            signal.setitimer(signal.ITIMER_REAL, self._seconds * REAL, _AGAIN)

    def stop(self) -> None:
        """Limit nothing from now on."""
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        if signal.SIGALRM in _taken:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def once_more(self) -> bool:
        """Give the time a second time, after one rule has used up the first; not a third time."""
        self.stop()
        if self._more:
            self.start()
        more, self._more = self._more, False
        return more


_limits: Final[list[Limit]] = []
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


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _expired(number: int, frame: FrameType | None) -> None:
    """Raise TooSlow; where it is swallowed again and again, end the process and say so."""
    now = limit()
    if now is None:
        return  # it came at the very end
    now.raised += 1
    if now.raised > _PATIENCE:
        what = f"{now.path}: the rule {now.rule.code} {now.rule.name}" if now.rule else "a rule"
        os.write(2, f"cellwall check: {what} does not stop when its time is over\n".encode())
        os._exit(2)
    raise TooSlow
