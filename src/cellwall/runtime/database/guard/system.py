"""The same database without the guard, for work under `system_context`: its pool, but nothing of what it caches."""

from __future__ import annotations

from copy import copy
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine

from cellwall.runtime.database.guard.cursors import approve


async def system_engine(guarded: AsyncEngine) -> AsyncEngine:
    """Make an engine that shares the pool of `guarded` and compiles statements as they are.

    It has a dialect and a cache of its own, so that neither engine ever runs what the other compiled.
    """
    async with guarded.connect():
        pass  # the first connection tells the dialect about the server
    engine = guarded.sync_engine
    dialect: Any = copy(engine.dialect)
    del dialect.statement_compiler
    plain = Engine(
        engine.pool,
        dialect,
        engine.url,
        logging_name=engine.logging_name,
        echo=engine.echo,
        execution_options=engine.get_execution_options(),
        hide_parameters=engine.hide_parameters,
    )
    event.listen(plain, "before_cursor_execute", _approve, retval=True)
    return AsyncEngine(plain)


def _approve(_connection: Any, cursor: Any, statement: str, parameters: Any, *_rest: Any) -> tuple[str, Any]:
    approve(cursor, statement)
    return statement, parameters
