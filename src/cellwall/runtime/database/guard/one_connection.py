"""Tells when two sessions stand on an engine's one connection at once: their transactions are one, too.

The rows stay their owners': each statement is restricted as always. But what one session rolls back, another
one has written, and that looks like a leak in tests. SQLite in memory has such a pool.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from sqlalchemy.pool import StaticPool

_log: Final = logging.getLogger("cellwall.database")
_TWO_AT_ONCE: Final = (
    "two sessions are open at once on an engine that has one connection (%s, as SQLite in memory): what one "
    "rolls back, the other has written. Give the engine a file, in tests one of `tmp_path`"
)


def telling_pool(pool: type[Any]) -> type[Any]:
    """Give a class that tells, once for each pool, that its connection is used twice; others as they are."""
    if not issubclass(pool, StaticPool):
        return pool

    class TellingPool(pool):  # type: ignore[misc]
        """A pool of one connection that knows how many hold it."""

        _held = 0
        _told = False

        def _do_get(self) -> Any:
            record = super()._do_get()
            self._held += 1
            if self._held > 1 and not self._told:
                self._told = True
                _log.warning(_TWO_AT_ONCE, pool.__name__)
            return record

        def _do_return_conn(self, record: Any) -> None:
            self._held -= 1
            super()._do_return_conn(record)

    return TellingPool
