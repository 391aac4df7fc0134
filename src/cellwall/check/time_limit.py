"""A limit on the processor time that one file may take, so that no file can hang a check."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

SECONDS: Final = 60.0
_taken: Final[list[bool]] = []  # holds something while `signal_taken` is entered


class TooSlow(BaseException):  # a rule's `except Exception` must not swallow it
    """The time was used up."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooSlow in the block after this much processor time of the process.

    Only the main thread can be interrupted; elsewhere, and where a timer runs already, nothing is limited.
    """
    if not _in_main_thread() or signal.getitimer(signal.ITIMER_VIRTUAL)[0]:
        yield
        return
    with signal_taken():
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)


@contextmanager
def signal_taken() -> Iterator[None]:
    """Take the timer's signal once for all limits in the block: to set one costs a tenth of that."""
    if _taken or not _in_main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _expired)
    _taken.append(True)
    try:
        yield
    finally:
        _taken.clear()
        signal.signal(signal.SIGVTALRM, before)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _expired(number: int, frame: FrameType | None) -> None:
    raise TooSlow
