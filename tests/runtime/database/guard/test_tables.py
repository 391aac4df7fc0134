"""What the guard knows of tables: owned, shared, and all others refused."""

from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, column, select, table
from sqlalchemy.ext.asyncio import create_async_engine

from cellwall import RequestSession
from cellwall.runtime.database import Owner, Ownership
from cellwall.runtime.database.guard import GuardedEngine
from cellwall.runtime.database.guard.tables import GuardedTables, name_giver, table_of
from cellwall.runtime.errors import UnguardedStatementError, UnownedTableError


def other(name: str, **options: Any) -> Table:
    return Table(
        name, MetaData(), Column("id", Integer), Column("user_id", String), Column("text", String), **options
    )


async def test_tables_of_the_same_name_are_refused(guarded: Any, session: RequestSession) -> None:
    for stranger in (
        other("notes"),
        other("NOTES"),
        other("notes", schema="main"),
        other("notes", quote=True),
        table("notes", column("text")),
        table("sqlite_master", column("sql")),
        guarded.Note.__table__.to_metadata(MetaData()),
    ):
        with pytest.raises(UnguardedStatementError, match="not one of the application's tables"):
            await session.execute(select(stranger))
        with pytest.raises(UnguardedStatementError):
            await session.execute(stranger.delete())


async def test_a_table_that_came_later_is_refused(tmp_path: Any) -> None:
    metadata = MetaData()
    Table("notes", metadata, Column("id", Integer, primary_key=True), Column("user_id", String))
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'rows.sqlite3'}")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    session = await GuardedEngine(engine, Ownership(metadata)).open(Owner("user", "ada"), "request")
    later = Table("Notes", metadata, Column("id", Integer), Column("user_id", String))
    with pytest.raises(UnguardedStatementError):
        await session.execute(select(later))
    await session.close()
    await engine.dispose()


async def test_a_table_without_an_owner_stops_the_service(tmp_path: Any) -> None:
    metadata = MetaData()
    Table("notes", metadata, Column("id", Integer, primary_key=True))
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'rows.sqlite3'}")
    with pytest.raises(UnownedTableError, match="notes"):
        await GuardedEngine(engine, Ownership(metadata)).open(Owner("user", "ada"), "request")
    await engine.dispose()


async def test_columns_of_other_names_and_types(tmp_path: Any) -> None:
    metadata = MetaData()
    rooms = Table(
        "Rooms", metadata, Column("id", Integer, primary_key=True), Column("tenant id", Integer, key="tenant")
    )
    names = Table("names", metadata, Column("name", String, primary_key=True), Column("tenant", Integer))
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'rows.sqlite3'}")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    storage = GuardedEngine(engine, Ownership(metadata, column="tenant", value=int))
    for user in ("1", "2"):
        session = await storage.open(Owner("user", user), "request")
        await session.execute(rooms.insert().values(id=user))
        await session.execute(names.insert().values(name=user))
        await session.commit()
        assert (await session.execute(select(rooms))).all() == [(int(user), int(user))]
        assert (
            await session.execute(select(names.c.name, rooms.c.id).join(rooms, rooms.c.id > 0))
        ).all() == [(user, int(user))]
        await session.close()
    anonymous = await storage.open(Owner("request", "f" * 32), "request")
    await anonymous.execute(rooms.insert().values(id=9))
    assert len((await anonymous.execute(select(rooms))).all()) == 1
    await anonymous.close()
    await engine.dispose()


def test_tables_behind_aliases(guarded: Any, ownership: Ownership) -> None:
    notes = guarded.Note.__table__
    alias = notes.alias("a")
    assert table_of(alias.alias("b")) is notes
    assert name_giver(alias.alias("b")) is alias
    assert table_of(select(notes).subquery()) is None
    tables = GuardedTables(ownership)
    assert tables.keys == ("cellwall_owner",)
    assert str(tables.criterion(alias)) == "a.user_id = :cellwall_owner"
    assert tables.criterion(guarded.Currency.__table__) is None
