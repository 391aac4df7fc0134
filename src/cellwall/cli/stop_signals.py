"""Ctrl-C and SIGTERM outside the run's loop: the first one unwinds in order, later ones change nothing."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_in_order() -> Iterator[None]:
    """Let the first signal raise KeyboardInterrupt, and give the handlers back at the end.

    While it unwinds, and after `let_finish`, what cleans up is not disturbed: it takes moments.
    """
    before = {number: signal.signal(number, _unwind) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def let_finish() -> None:
    """Ignore further signals: all that is left is to report and to clean up."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _unwind(number: int, _: FrameType | None) -> None:
    let_finish()
    raise KeyboardInterrupt(signal.Signals(number).name)
