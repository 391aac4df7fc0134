"""What happens outside of the loop and is not controlled: real sockets, threads, and waiting for them."""

import re
import threading
import time
from typing import Final, Protocol, final

PATIENCE: Final = 30.0  # s that a run may wait for the world outside without hearing from it


class Waiting(Protocol):
    """What this file knows of the loop."""

    now: float

    def has_real_sources(self) -> bool:
        """Tell whether a real socket or pipe is registered."""

    def poll(self, timeout: float | None) -> None:
        """Wait for real events as long as that (s), and queue their callbacks."""


@final
class Outside:
    """The sources of events that the explorer does not control, by name, in the order met."""

    def __init__(self) -> None:
        self._noted: dict[str, None] = {}
        self._threads = frozenset(threading.enumerate())
        self._waited = 0.0

    def reset(self) -> None:
        """Forget what was met; threads that are alive now belong to others."""
        self._noted.clear()
        self._threads = frozenset(threading.enumerate())
        self._waited = 0.0

    @property
    def noted(self) -> tuple[str, ...]:
        """The names of what was met."""
        return tuple(self._noted)

    def note(self, what: str) -> None:
        """Take note of a source."""
        self._noted[what] = None

    def threads(self) -> list[threading.Thread]:
        """Give the threads that were started since the reset and are alive."""
        if threading.active_count() == 1:  # fewer than at the reset says nothing: one may have ended since
            return []
        return [thread for thread in threading.enumerate() if thread not in self._threads]

    def expected(self, loop: Waiting) -> bool:
        """Tell whether something outside may still call in."""
        return loop.has_real_sources() or bool(self.threads())

    def wait(self, loop: Waiting, until: float | None) -> bool:
        """Wait for the world outside to call in, at most until that time of the loop's clock.

        The loop's clock follows real time meanwhile. Gives False when PATIENCE is at its end.
        """
        for thread in self.threads():
            self.note(thread_words(thread))
        begun = time.monotonic()
        left = PATIENCE - self._waited
        loop.poll(max(0.0, left if until is None else min(left, until - loop.now)))
        passed = time.monotonic() - begun
        loop.now += passed
        self._waited += passed
        return self._waited < PATIENCE


def thread_words(thread: threading.Thread) -> str:
    """Name a thread alike in every run: Python numbers those that were given no name.

    >>> thread_words(threading.Thread(name="Thread-17 (fetch)"))
    'the thread Thread (fetch)'
    """
    return f"the thread {re.sub(r'[-_][0-9]+', '', thread.name)}"
