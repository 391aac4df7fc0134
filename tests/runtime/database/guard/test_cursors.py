"""The driver's cursors and connections run nothing that the guard did not see."""

from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.util import greenlet_spawn

from cellwall import RequestSession
from cellwall.runtime.database import Owner
from cellwall.runtime.errors import OwnershipError, UnguardedStatementError

STEAL = "SELECT text FROM notes"


async def test_driver_sql_is_refused(session: RequestSession) -> None:
    connection = await session.connection()
    for sql in (STEAL, "DELETE FROM notes", "PRAGMA table_list", "ATTACH 'x' AS y", "RESET ROLE"):
        with pytest.raises(UnguardedStatementError):
            await connection.exec_driver_sql(sql)
        with pytest.raises(UnguardedStatementError):
            await connection.exec_driver_sql(sql, [(), ()])


async def test_raw_cursors_are_refused(guarded: Any, session: RequestSession) -> None:
    def by_cursor(connection: Any) -> Any:
        cursor = connection.connection.cursor()
        cursor.execute(STEAL)
        return cursor.fetchall()

    def by_result(connection: Any) -> Any:
        result = connection.execute(select(guarded.Note.id))
        result.cursor.execute(STEAL)
        return result.cursor.fetchall()

    def by_many(connection: Any) -> Any:
        connection.connection.cursor().executemany("DELETE FROM notes", [()])

    def by_adapter(connection: Any) -> Any:
        return connection.connection.dbapi_connection.execute(STEAL)

    connection = await session.connection()
    for steal in (by_cursor, by_result, by_many, by_adapter):
        with pytest.raises(UnguardedStatementError):
            await connection.run_sync(steal)
    raw = await connection.get_raw_connection()
    with pytest.raises(UnguardedStatementError):
        _ = raw.driver_connection
    with pytest.raises(UnguardedStatementError):
        raw.run_async(lambda driver: driver.execute(STEAL))


async def test_connections_outside_sessions_too(guarded: Any) -> None:
    raw = await guarded.engine.raw_connection()
    with pytest.raises(UnguardedStatementError):
        await greenlet_spawn(lambda: raw.cursor().execute(STEAL))
    await greenlet_spawn(raw.close)


async def test_a_connection_is_of_no_use_after_its_session(guarded: Any) -> None:
    session = await guarded.open()
    connection = await session.connection()
    await session.close()
    with pytest.raises(Exception, match="closed"):
        await connection.execute(select(guarded.Note))


async def test_the_application_s_own_preparation_of_connections_runs(guarded: Any) -> None:
    seen: list[Any] = []

    @event.listens_for(guarded.engine.sync_engine, "connect")
    def prepare(adapted: Any, record: Any) -> None:
        cursor = adapted.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA foreign_keys")
        seen.append(cursor.fetchone())
        cursor.close()

    session = await guarded.open()
    assert list(await session.scalars(select(guarded.Note.id))) == [1]
    assert seen == [(1,)]
    await session.close()


async def test_a_connection_of_the_system_guards_the_next_user(guarded: Any) -> None:
    system = await guarded.open(Owner("system", "look at everything"))
    await system.execute(select(guarded.Note))
    await system.close()
    session = await guarded.open()
    with pytest.raises(OwnershipError):
        await (await session.connection()).exec_driver_sql(STEAL)
    await session.close()
