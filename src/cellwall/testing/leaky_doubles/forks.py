"""Children of this process, in which everything that was imported is there already."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .traces import Listing, listing, remove, traces

_PAUSE = 0.005  # seconds between two looks at a child


@dataclass(frozen=True)
class Fork:
    """One child: which double leaks in it, the files it writes to, and how many seconds it may take."""

    double: str
    record: str
    outcomes: str
    seconds: float

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Fork:
        """Read what the starting process told."""
        return cls(told["double"], told["record"], told["outcomes"], float(told["seconds"]))


def can_fork() -> bool:
    """Tell whether a child would be as good as a process of its own: a thread would be missing in it."""
    return sys.platform == "linux" and threading.active_count() == 1


def fork() -> int:
    """Give 0 in the child, its process id in the parent."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the native threads of a library are nobody's tests
        return os.fork()


def ended(child: int, seconds: float) -> bool:
    """Wait for a child, and kill it at its limit; tell whether it ended by itself."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if os.waitpid(child, os.WNOHANG)[0]:
            return True
        time.sleep(_PAUSE)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


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
