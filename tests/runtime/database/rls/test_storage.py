"""Owners behind row-level security: what each sees and writes, and that nothing is left for the next."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import delete, event, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.rls import RowLevelSecurity
from cellwall.runtime.database.rls.opening import OpensTransactions, nobodys_opening, opener_of
from cellwall.runtime.errors import (
    BypassingRoleError,
    IsolationError,
    SystemContextError,
    UnguardedStatementError,
)
from tests.full_collection import collect

from .conftest import ADA, BOB, Currency, Note, Walled


async def opener(connection: AsyncConnection) -> OpensTransactions:
    """Give the driver's connection, as an attacker would who got around the guard."""
    found = opener_of((await connection.get_raw_connection()).dbapi_connection)
    assert found is not None
    return found


async def around_the_guard(session: AsyncSession, sql: str) -> list[tuple[Any, ...]]:
    """Run SQL on the driver's connection in the session's transaction, where only the database has a say."""
    await session.execute(select(1))  # the transaction has begun
    driver: Any = await opener(await session.connection())
    if hasattr(driver, "fetch"):
        return [tuple(row) for row in await driver.fetch(sql)]
    cursor = await driver.execute(sql)
    return [tuple(row) for row in await cursor.fetchall()] if cursor.description else []


async def left_behind(engine: Any) -> list[tuple[Any, ...]]:
    """Tell what a pooled connection still has of an owner, without beginning as anybody."""
    async with engine.connect() as connection:
        driver: Any = await opener(connection)
        setting = "nullif(current_setting('cellwall.owner', true), '')"
        sql = f"SELECT {setting}, cellwall.owner(), count(*) FROM notes"
        driver.cellwall_opening = lambda: "CLOSE ALL"
        return await driver.cellwall_rows(sql)


async def test_each_sees_the_own_rows(walled: Walled) -> None:
    storage = walled.storage()
    for owner in (ADA, BOB):
        async with await storage.open(owner, "r") as session:
            assert (await session.scalars(select(Note.text))).all() == [f"of {owner.id}"]
            assert await around_the_guard(session, "SELECT text FROM notes") == [(f"of {owner.id}",)]


async def test_each_writes_the_own_rows(walled: Walled) -> None:
    storage = walled.storage()
    async with await storage.open(ADA, "r") as session:
        session.add(Note(text="new"))
        await session.execute(insert(Note).values(text="newer"))
        await session.execute(update(Note).where(Note.text == "of ada").values(text="changed"))
        await session.commit()
        await session.execute(delete(Note).where(Note.text == "newer"))
        await session.commit()
    assert await walled.run("SELECT user_id, text FROM notes ORDER BY 1, 2") == [
        ("ada", "changed"),
        ("ada", "new"),
        ("bob", "of bob"),
    ]


async def test_shared_rows_are_everybodys(walled: Walled) -> None:
    await walled.run("INSERT INTO currencies VALUES ('EUR')")
    storage = walled.storage()
    async with await storage.open(ADA, "r") as session:
        assert (await session.scalars(select(Currency.code))).all() == ["EUR"]


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO notes (user_id, text) VALUES ('bob', 'forged')",
        "INSERT INTO notes VALUES (1, 'bob', 'x') ON CONFLICT (id) DO UPDATE SET user_id = 'bob'",
        "UPDATE notes SET user_id = 'bob'",
        "WITH gift AS (UPDATE notes SET user_id = 'bob' RETURNING 1) SELECT * FROM gift",
        "MERGE INTO notes USING (SELECT 1) x ON false WHEN NOT MATCHED THEN INSERT VALUES (9, 'bob', 'x')",
        "TRUNCATE notes",
        "ALTER TABLE notes DISABLE ROW LEVEL SECURITY",
        "DROP POLICY cellwall_owner ON notes",
        "CREATE OR REPLACE FUNCTION cellwall.owner() RETURNS text LANGUAGE sql AS $$ SELECT 'bob' $$",
        "CREATE TABLE spy (note integer REFERENCES notes (id))",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
    ],
)
async def test_the_database_refuses(walled: Walled, sql: str) -> None:
    storage = walled.storage()
    async with await storage.open(ADA, "r") as session:
        with pytest.raises(Exception, match=r"row-level security|permission denied|must be owner"):
            await around_the_guard(session, sql)
    assert await walled.run("SELECT user_id, text FROM notes ORDER BY 1") == [
        ("ada", "of ada"),
        ("bob", "of bob"),
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT text FROM notes",
        "TABLE notes",
        "RESET ROLE; SELECT text FROM notes",
        "SELECT text FROM notes WHERE user_id = 'bob'",
        "SELECT n.text FROM notes n, notes m",
        "SELECT (SELECT string_agg(text, '') FROM notes)",
        "SELECT query_to_xml('SELECT * FROM notes', true, true, '')::text",
        "UPDATE notes SET text = text RETURNING text",
        "DELETE FROM notes RETURNING text",
        "SET LOCAL row_security = off; SELECT text FROM notes",
        "RESET cellwall.owner; SELECT text FROM notes",
        "COMMIT; SELECT text FROM notes",
        "ROLLBACK; BEGIN; SELECT text FROM notes",
        "RESET ALL; SELECT text FROM notes",
        "EXECUTE mine",
    ],
)
async def test_no_road_leads_to_the_row_of_another(walled: Walled, sql: str) -> None:
    storage = walled.storage()
    async with await storage.open(ADA, "r") as session:
        await around_the_guard(session, "SELECT 1")
        driver: Any = await opener(await session.connection())
        await driver.execute("PREPARE mine AS SELECT text FROM notes")
        rows: Any = []
        try:
            for part in sql.split(";"):
                rows = await (driver.fetch(part) if hasattr(driver, "fetch") else _fetch(driver, part))
        except Exception as error:
            rows = str(error)
        assert "of bob" not in str(rows)
    assert len(await walled.run("SELECT 1 FROM notes WHERE user_id = 'bob'")) == 1


async def _fetch(driver: Any, sql: str) -> Any:
    cursor = await driver.execute(sql)
    return await cursor.fetchall() if cursor.description else []


async def test_copy_gives_the_own_rows(bare: Walled) -> None:
    await bare.apply()
    await bare.run("INSERT INTO notes (user_id, text) VALUES ('ada', 'of ada'), ('bob', 'of bob')")
    storage = bare.storage()
    async with await storage.open(ADA, "r") as session:
        await session.execute(select(1))
        driver: Any = await opener(await session.connection())
        parts: list[bytes] = []

        async def keep(part: bytes) -> None:
            parts.append(part)

        await driver.copy_from_query("SELECT text FROM notes", output=keep)
        assert b"".join(parts) == b"of ada\n"
        with pytest.raises(Exception, match="row-level security"):
            await driver.copy_records_to_table(
                "notes", records=[(9, "bob", "x")], columns=["id", "user_id", "text"]
            )


ENDS = ["commit", "rollback", "close", "savepoint", "error", "cancel"]


async def use(storage: RowLevelSecurity, end: str) -> None:
    """Use a session of Ada's and end it so."""
    session = await storage.open(ADA, "r")
    async with session:
        assert (await session.scalars(select(Note.text))).all() == ["of ada"]
        if end == "savepoint":
            async with session.begin_nested():
                session.add(Note(text="nested"))
            assert await session.scalar(select(func.count()).select_from(Note)) == 2
        elif end == "error":
            with pytest.raises(DBAPIError):
                await session.execute(select(1 / (func.length("") * 1)))
        elif end == "cancel":
            task = asyncio.create_task(session.execute(select(func.pg_sleep(30))))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        elif end != "close":
            await getattr(session, end)()


@pytest.mark.parametrize("end", ENDS)
async def test_nothing_of_the_owner_is_left_in_the_pool(walled: Walled, end: str) -> None:
    engine = walled.engine(pool_size=1, max_overflow=0)
    storage = walled.storage(engine, functions=["pg_sleep"])
    for _ in range(2):
        await use(storage, end)
        collect()
        assert await left_behind(engine) == [(None, None, 0)]
    async with await storage.open(BOB, "r") as session:
        assert (await session.scalars(select(Note.text))).all() == ["of bob"]


async def test_a_session_begins_again_as_its_owner(walled: Walled) -> None:
    storage = walled.storage(walled.engine(pool_size=1, max_overflow=0))
    async with await storage.open(ADA, "r") as session:
        for end in (session.commit, session.rollback, session.commit):
            assert (await session.scalars(select(Note.text))).all() == ["of ada"]
            await end()


async def test_a_savepoint_that_is_rolled_back_keeps_the_owner(walled: Walled) -> None:
    storage = walled.storage()
    async with await storage.open(ADA, "r") as session:
        savepoint = await session.begin_nested()
        session.add(Note(text="lost"))
        await session.flush()
        await savepoint.rollback()
        assert await around_the_guard(session, "SELECT text FROM notes") == [("of ada",)]


async def test_owners_take_turns_on_one_connection(walled: Walled) -> None:
    storage = walled.storage(walled.engine(pool_size=1, max_overflow=0))
    for turn in range(20):
        owner = (ADA, BOB)[turn % 2]
        async with await storage.open(owner, f"r{turn}") as session:
            assert await around_the_guard(session, "SELECT text FROM notes") == [(f"of {owner.id}",)]


@pytest.mark.parametrize(
    ("left", "look"),
    [
        ("DECLARE held CURSOR WITH HOLD FOR SELECT text FROM notes", "FETCH ALL FROM held"),
        ("CREATE TEMP TABLE kept AS SELECT text FROM notes", "SELECT text FROM kept"),
        ("CREATE TEMP TABLE notes AS SELECT 'trap'::text AS text", "SELECT text FROM notes"),
    ],
)
async def test_what_outlives_a_transaction_is_gone_for_the_next(walled: Walled, left: str, look: str) -> None:
    engine = walled.engine(pool_size=1, max_overflow=0)
    storage = walled.storage(engine)
    async with await storage.open(ADA, "r") as session:
        await around_the_guard(session, "SELECT 1")
        driver: Any = await opener(await session.connection())
        await driver.execute(left)
        await session.commit()
    async with await storage.open(BOB, "r") as session:
        try:
            seen = str(await around_the_guard(session, look))
        except Exception as error:
            seen = str(error)
    assert "of ada" not in seen
    assert "trap" not in seen


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
async def test_isolation_levels(walled: Walled, level: str) -> None:
    storage = walled.storage(walled.engine(isolation_level=level))
    async with await storage.open(ADA, "r") as session:
        assert await around_the_guard(session, "SELECT text FROM notes") == [("of ada",)]
        (shown,) = await around_the_guard(session, "SHOW transaction_isolation")
        assert shown[0].upper() == level


async def test_read_only(walled: Walled) -> None:
    storage = walled.storage()
    async with await storage.open(ADA, "r") as session:
        await session.connection(
            execution_options={"postgresql_readonly": True, "isolation_level": "SERIALIZABLE"}
        )
        assert await around_the_guard(session, "SELECT text FROM notes") == [("of ada",)]
        assert await around_the_guard(session, "SHOW transaction_read_only") == [("on",)]


async def test_autocommit_is_refused(walled: Walled) -> None:
    storage = walled.storage(walled.engine(isolation_level="AUTOCOMMIT"))
    with pytest.raises(UnguardedStatementError, match="AUTOCOMMIT"):
        await storage.open(ADA, "r")


async def test_autocommit_of_one_connection_sees_and_writes_nothing(walled: Walled) -> None:
    async with await walled.storage().open(ADA, "r") as session:
        await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        assert (await session.scalars(select(Note))).all() == []
        with pytest.raises(DBAPIError, match="row-level security"):
            await session.execute(insert(Note).values(text="new"))


async def test_a_connection_without_an_owner_sees_no_row(walled: Walled) -> None:
    engine = walled.engine(pool_size=1, max_overflow=0)
    storage = walled.storage(engine)
    async with await storage.open(ADA, "r") as session:
        await session.execute(select(Note))
    async with engine.connect() as connection:
        assert await (await opener(connection)).cellwall_rows("SELECT * FROM notes") == []


async def test_an_anonymous_owners_rows_die_with_it(walled: Walled) -> None:
    storage = walled.storage()
    async with await storage.open(Owner.of(None), "r") as session:
        session.add(Note(text="nobody's"))
        await session.commit()
        assert (await session.scalars(select(Note.text))).all() == ["nobody's"]
    assert await walled.run("SELECT count(*) FROM notes") == [(2,)]


async def test_the_system_needs_an_engine_of_its_own(walled: Walled) -> None:
    with pytest.raises(SystemContextError, match="system_engine"):
        await walled.storage().open(Owner("system", "a job"), "r")
    storage = walled.storage(system_engine=walled.admin)
    async with await storage.open(Owner("system", "a job"), "r") as session:
        assert len((await session.scalars(select(Note))).all()) == 2


async def test_a_connection_back_in_the_pool_is_nobody_s(walled: Walled) -> None:
    engine = walled.engine(pool_size=1, max_overflow=0)
    storage = walled.storage(engine)
    for _ in range(2):
        async with await storage.open(ADA, "r") as session:
            await session.scalars(select(Note.text))
            assert (await opener(await session.connection())).cellwall_opening() != nobodys_opening()
        async with engine.connect() as connection:
            assert (await opener(connection)).cellwall_opening is nobodys_opening
        await engine.dispose()  # the pool that takes its place does the same


async def test_listeners_of_the_application_s_find_a_connection_nobody_s(walled: Walled) -> None:
    engine = walled.engine(pool_size=1, max_overflow=0)
    storage = walled.storage(engine)
    seen = []

    @event.listens_for(engine.sync_engine, "checkin")
    def _(connection: object, record: object) -> None:
        back = opener_of(connection)
        seen.append(back and back.cellwall_opening)

    async with await storage.open(ADA, "r") as session:
        await session.scalars(select(Note.text))
    assert seen == [nobodys_opening] * 2  # the check at start, and the session


async def test_a_pool_that_was_filled_before_is_emptied(walled: Walled) -> None:
    engine = walled.engine(pool_size=3)
    connections = [await engine.connect() for _ in range(3)]
    for connection in connections:
        await connection.close()
    async with await walled.storage(engine).open(ADA, "r") as session:
        assert (await session.scalars(select(Note.text))).all() == ["of ada"]


async def test_pre_ping_takes_no_owner_along(walled: Walled) -> None:
    storage = walled.storage(walled.engine(pool_pre_ping=True, pool_size=1, max_overflow=0))
    for owner in (ADA, BOB, ADA):
        async with await storage.open(owner, "r") as session:
            assert await around_the_guard(session, "SELECT text FROM notes") == [(f"of {owner.id}",)]


async def test_an_owner_with_an_odd_name(walled: Walled) -> None:
    storage = walled.storage()
    for name in (
        "o'brien",
        "\\",
        "a\\'; RESET ROLE; --",
        "Ωμέγα",
        "日本",
        "%s%%",
        ":x",
        "\U0001f600",
        "ada ",
    ):
        async with await storage.open(Owner("user", name), "r") as session:
            assert (await session.scalars(select(Note.text))).all() == []
            session.add(Note(text=name))
            await session.commit()
            assert await around_the_guard(session, "SELECT user_id, text FROM notes") == [(name, name)]


async def test_two_storages_on_one_engine_are_refused(walled: Walled) -> None:
    engine = walled.engine()
    walled.storage(engine)
    with pytest.raises(ValueError, match="already"):
        walled.storage(engine)


async def test_another_database_is_refused(walled: Walled) -> None:
    engine = create_async_engine("sqlite+aiosqlite://")
    with pytest.raises(ValueError, match="needs PostgreSQL"):
        RowLevelSecurity(engine, walled.ownership)
    await engine.dispose()


async def test_connections_of_a_creator_are_refused(bare: Walled) -> None:
    import asyncpg

    await bare.apply()

    async def connect() -> Any:
        dsn = bare.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return await asyncpg.connect(dsn)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect)
    bare.engines.append(engine)
    with pytest.raises(BypassingRoleError, match="creator"):
        await bare.storage(engine).check()


async def test_a_superuser_never_gets_a_session(walled: Walled) -> None:
    engine = create_async_engine(walled.admin.url)
    walled.engines.append(engine)
    storage = walled.storage(engine)
    for _ in range(2):
        with pytest.raises(BypassingRoleError, match="is a superuser"):
            await storage.open(ADA, "r")


async def test_the_guard_answers_before_the_database(walled: Walled) -> None:
    async with await walled.storage().open(ADA, "r") as session:
        with pytest.raises(IsolationError):
            await session.execute(insert(Note).values(user_id="bob", text="forged"))
        with pytest.raises(IsolationError):
            await session.execute(text("SELECT * FROM notes"))


async def test_the_check_at_start_leaves_no_timer_behind(walled: Walled) -> None:
    """asyncpg keeps what `fetch` ran, and a timer for each, which every turn of the loop would look at."""
    loop: Any = asyncio.get_running_loop()
    await walled.storage(walled.engine(pool_size=1)).check()
    assert not [timer for timer in loop._scheduled if "_on_entry_expired" in repr(timer)]
