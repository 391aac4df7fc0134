"""Children of this process, in which everything that was imported is there already."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest

from .traces import Listing, listing, remove, traces

_PAUSE = 0.002  # seconds between two looks at a child
THREADS = "threads run, which no child would have"


def can_fork() -> bool:
    """Tell whether a child would be as good as a process of its own."""
    return sys.platform == "linux" and threading.active_count() == 1


def fork() -> int:
    """Give 0 in the child, its process id in the parent."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the native threads of a library are nobody's tests
        return os.fork()


class EndsAtOnce:
    """A hook that ends the process after the session: what Python takes down at its end takes long."""

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """End, after everybody else has heard of the end."""
        os._exit(0)


def trouble(child: int, seconds: float, tidy: Tidy) -> str:
    """Wait for a child; give why what comes after it would not be as good as in a process of its own."""
    if why := _cut_short(child, seconds):
        return why
    spoiled = tidy.spoiled()
    return f"the tests wrote over {spoiled}" if spoiled else ""


def _cut_short(child: int, seconds: float) -> str:
    """Wait, and kill the child at its limit; give why it did not end by itself."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return "somebody killed it" if os.waitstatus_to_exitcode(status) == -signal.SIGKILL else ""
        time.sleep(_PAUSE)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "the time limit was reached"


class Tidy:
    """Takes away what a child added to a folder."""

    def __init__(self, root: Path) -> None:
        self.root: Path = root
        self.start: Listing = listing(root)

    def spoiled(self) -> str:
        """Remove what was added; give a file that was changed or deleted, which nobody can bring back."""
        left = traces(self.start, listing(self.root))
        remove(self.root, left.added)
        return left.spoiled[0] if left.spoiled else ""
