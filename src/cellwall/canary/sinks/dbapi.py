"""Drivers of databases below no SQLAlchemy: sqlite3, psycopg and asyncpg, parameters and rows."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable
from typing import Any, Final, final

from cellwall.canary.patching import undo_all, wrap
from cellwall.canary.sighting import Reach
from cellwall.canary.sink import Uninstall
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch

_SHOWN: Final = 80  # characters of a statement
_ABOVE: Final = ("sqlalchemy",)  # seen there already, row by row


@final
class DbapiSink:
    """Parameters are written, rows are read.

    sqlite3's classes cannot be changed, so connections made meanwhile are of a class of ours, unless
    their maker asks for one of its own: then nothing is seen, and it is said.
    """

    name = "dbapi"
    library = ""

    def install(self, watch: Watch) -> Uninstall:
        """Begin with the drivers that are loaded; sqlite3 always is."""
        steps = [wrap(module, "connect", lambda connect: _connect(watch, connect)) for module in _sqlite()]
        psycopg, asyncpg = sys.modules.get("psycopg"), sys.modules.get("asyncpg")
        if psycopg is not None:
            for cursor in (psycopg.Cursor, psycopg.AsyncCursor):
                is_async = cursor is psycopg.AsyncCursor
                for name in ("execute", "executemany", "fetchone", "fetchmany", "fetchall"):
                    steps.append(wrap(cursor, name, _wrapper(watch, name, is_async)))
        if asyncpg is not None:
            for name in ("execute", "executemany", "fetch", "fetchrow", "fetchval"):
                steps.append(wrap(asyncpg.Connection, name, _wrapper(watch, name, True)))
        return undo_all(steps)


def _sqlite() -> Iterable[Any]:
    return (sqlite3, sqlite3.dbapi2)


def _connect(watch: Watch, original: Any) -> Any:
    made = _classes(watch)

    def connect(*args: Any, **options: Any) -> Any:
        if "factory" in options:
            watch.cannot_see("dbapi: a connection to SQLite is of a class of its own")
            return original(*args, **options)
        return original(*args, factory=made, **options)

    return connect


def _classes(watch: Watch) -> type[sqlite3.Connection]:
    """Make a class of connections whose cursors are watched."""
    names = ("execute", "executemany", "fetchone", "fetchmany", "fetchall", "__next__")
    watched = {name: _wrapper(watch, name, False)(getattr(sqlite3.Cursor, name)) for name in names}
    cursor_class: Any = type("Cursor", (sqlite3.Cursor,), watched)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = None) -> Any:
            return super().cursor(factory or cursor_class)

        def execute(self, *args: Any) -> Any:
            return self.cursor().execute(*args)

        def executemany(self, *args: Any) -> Any:
            return self.cursor().executemany(*args)

    return Connection


def _wrapper(watch: Watch, name: str, is_async: bool) -> Any:
    def make(original: Any) -> Any:
        def call(self: Any, *args: Any, **options: Any) -> Any:
            seen = _is_seen()
            if seen and name.startswith(("execute", "fetch")):
                _written(watch, args, name == "executemany")
            got = original(self, *args, **options)
            return _read(watch, got) if seen and not name.startswith("execute") else got

        async def awaited(self: Any, *args: Any, **options: Any) -> Any:
            seen = _is_seen()
            if seen:
                _written(watch, args, name == "executemany")
            got = await original(self, *args, **options)
            return _read(watch, got) if seen and not name.startswith("execute") else got

        return awaited if is_async else call

    return make


def _is_seen() -> bool:
    caller = sys._getframe(2).f_globals.get("__name__", "")
    return current_viewer() is not None and not caller.startswith(_ABOVE)


def _written(watch: Watch, args: tuple[Any, ...], many: bool) -> None:
    if len(args) < 2 or not isinstance(args[0], str):
        return
    where = f"{' '.join(args[0].split())[:_SHOWN]} parameters"
    if many and isinstance(args[1], list | tuple):
        for row in args[1]:
            watch.observe("dbapi", row, where, reach=Reach.WRITTEN)
    elif not many:
        watch.observe("dbapi", args[1:], where, reach=Reach.WRITTEN)


def _read(watch: Watch, got: Any) -> Any:
    rows = got if isinstance(got, list) else [got]
    plain = [
        tuple(row) if isinstance(row, Iterable) and not isinstance(row, str | bytes) else row for row in rows
    ]
    watch.observe("dbapi", plain, "rows", reach=Reach.READ)
    return got
