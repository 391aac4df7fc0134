"""SQLAlchemy: the parameters of each statement, row by row, and the rows that come back.

Parameters come by SQLAlchemy's events; rows have none, so the three fetch methods of its cursor strategies
are wrapped. These are private; the test of this file says whether they are still there.
"""

from __future__ import annotations

import sys
from typing import Any, Final, final

from cellwall.canary.patching import undo_all, wrap
from cellwall.canary.sighting import Reach
from cellwall.canary.sink import Uninstall
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch

_SHOWN: Final = 80  # characters of a statement
_STRATEGIES: Final = (
    "CursorFetchStrategy",
    "BufferedRowCursorFetchStrategy",
    "FullyBufferedCursorFetchStrategy",
)


@final
class SqlalchemySink:
    """Parameters are written, rows are read; engines of both kinds, sync and async."""

    name = "sqlalchemy"
    library = "sqlalchemy.engine"

    def install(self, watch: Watch) -> Uninstall:
        """Begin to listen, and wrap what fetches."""
        events = sys.modules["sqlalchemy.event"]
        engine = sys.modules["sqlalchemy.engine"].Engine
        strategies = sys.modules["sqlalchemy.engine.cursor"]

        def before(
            _conn: Any, _cursor: Any, statement: str, parameters: Any, context: Any, many: bool
        ) -> None:
            if current_viewer() is not None:
                where = place_of_statement(statement)
                for row in _rows_of(parameters, context, many):
                    watch.observe("sqlalchemy", row, f"{where} parameters", reach=Reach.WRITTEN)

        events.listen(engine, "before_cursor_execute", before)
        steps = [lambda: events.remove(engine, "before_cursor_execute", before)]
        for name in _STRATEGIES:
            for method in ("fetchone", "fetchmany", "fetchall"):
                steps.append(wrap(getattr(strategies, name), method, lambda fetch: _seen(watch, fetch)))
        return undo_all(steps)


def _rows_of(parameters: Any, context: Any, many: bool) -> list[Any]:
    """Give the parameters of each row, also of rows that one statement inserts together."""
    compiled = getattr(context, "compiled_parameters", None)
    if compiled:
        return list(compiled)
    return list(parameters) if many else [parameters]


def _seen(watch: Watch, original: Any) -> Any:
    def fetch(self: Any, result: Any, *args: Any, **options: Any) -> Any:
        rows = original(self, result, *args, **options)
        if rows and current_viewer() is not None:
            statement = getattr(result.context, "statement", None) or ""
            plain = tuple(rows) if isinstance(rows, tuple) else [tuple(row) for row in rows]
            watch.observe("sqlalchemy", plain, f"{place_of_statement(statement)} rows", reach=Reach.READ)
        return rows

    return fetch


def place_of_statement(statement: object) -> str:
    """Give the beginning of a statement on one line."""
    return " ".join(str(statement).split())[:_SHOWN]
