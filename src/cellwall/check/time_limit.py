"""A limit on the processor time that one file may take, so that no file can hang a check."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

SECONDS: Final = 60.0


class TooSlow(BaseException):  # a rule's `except Exception` must not swallow it
    """The time was used up."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooSlow in the block after this much processor time of the process.

    Only the main thread can be interrupted; elsewhere, and where a timer runs already, nothing is limited.
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getitimer(signal.ITIMER_VIRTUAL)[0]
    ):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _expired)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _expired(number: int, frame: FrameType | None) -> None:
    raise TooSlow
