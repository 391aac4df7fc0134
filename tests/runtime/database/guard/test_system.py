"""The engine of the system shares the pool and nothing that was compiled."""

from typing import Any

from sqlalchemy import select, text

from cellwall.runtime.database import Owner
from cellwall.runtime.database.guard.system import system_engine


async def test_pool_shared_and_caches_apart(guarded: Any) -> None:
    plain = await system_engine(guarded.engine)
    assert plain.pool is guarded.engine.pool
    assert plain.dialect is not guarded.engine.dialect
    assert plain.sync_engine._compiled_cache is not guarded.engine.sync_engine._compiled_cache
    async with plain.connect() as connection:
        assert len((await connection.execute(select(guarded.Note))).all()) == 2


async def test_tables_are_made_and_dropped_by_it(guarded: Any) -> None:
    session = await guarded.open(Owner("system", "make the tables"))
    connection = await session.connection()
    await connection.run_sync(guarded.Note.metadata.drop_all)
    await connection.run_sync(guarded.Note.metadata.create_all)
    await session.execute(text("INSERT INTO currencies VALUES ('USD')"))
    await session.commit()
    await session.close()
    assert await guarded.seen("SELECT * FROM notes") == []
    assert await guarded.seen("SELECT * FROM currencies") == [("USD",)]
