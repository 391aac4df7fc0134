"""The same database without the guard, for work under `system_context`: its pool, none of its caches."""

from __future__ import annotations

from copy import copy
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from cellwall.runtime.database.guard.cursors import license_cursor


async def system_engine(guarded: AsyncEngine) -> AsyncEngine:
    """Make an engine that shares the pool of `guarded` and compiles statements as they are.

    It has a dialect and a cache of its own, so that neither engine ever runs what the other compiled.
    """
    async with guarded.connect():
        pass  # the first connection tells the dialect about the server
    engine = guarded.sync_engine
    dialect: Any = copy(engine.dialect)
    del dialect.statement_compiler
    dialect.execution_ctx_cls = licensed_context(type(dialect).execution_ctx_cls)
    plain = Engine(
        engine.pool,
        dialect,
        engine.url,
        logging_name=engine.logging_name,
        echo=engine.echo,
        execution_options=engine.get_execution_options(),
        hide_parameters=engine.hide_parameters,
    )
    return AsyncEngine(plain)


def licensed_context(context: type[Any]) -> type[Any]:
    """Make the form of a dialect's execution context class whose cursors run everything."""

    def create_cursor(self: Any) -> Any:
        return license_cursor(context.create_cursor(self))

    return type(
        f"Licensed{context.__name__}", (context,), {"create_cursor": create_cursor, "__module__": __name__}
    )
