"""A connection to one owner's file that can reach no other file, and how it is opened."""

import math
import re
import sqlite3
from collections.abc import Callable
from typing import Any, Final, final

BUSY_SECONDS: Final = 5.0


@final
class WalledConnection(sqlite3.Connection):
    """Cannot attach another owner's file, and says when it is closed."""

    def __init__(self, *args: Any, on_closed: Callable[[], object] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._on_closed = on_closed
        self._open = True
        self.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self.execute("PRAGMA foreign_keys=ON").close()
        self.execute("PRAGMA synchronous=NORMAL").close()
        self.create_function("regexp", 2, _matches, deterministic=True)  # what SQLAlchemy's dialect adds
        self.create_function("floor", 1, math.floor, deterministic=True)

    def close(self) -> None:
        """Close the file; a second call does nothing.

        What is not committed is rolled back first: with a cursor left in the middle of its rows, as a
        cancelled request leaves it, SQLite would keep the file open, and locked, as long as the cursor lives.
        """
        opened, self._open = self._open, False
        try:
            if opened and self.in_transaction:
                self.rollback()
        finally:
            super().close()
        if self._on_closed is not None:
            self._on_closed()
            self._on_closed = None


def _matches(pattern: str, text: str | None) -> bool | None:
    return None if text is None else re.search(pattern, text) is not None


def connect_arguments(on_closed: Callable[[], object]) -> dict[str, Any]:
    """Give the arguments of `sqlite3.connect`, beside the address, for a connection of one owner.

    A writer takes the write lock at its first statement and never has to upgrade, which two readers
    that began to write could only solve by failing.
    """

    def make(*args: Any, **kwargs: Any) -> WalledConnection:
        return WalledConnection(*args, on_closed=on_closed, **kwargs)

    return {
        "factory": make,
        "isolation_level": "IMMEDIATE",
        "timeout": BUSY_SECONDS,
        "uri": True,
        "check_same_thread": False,
    }
