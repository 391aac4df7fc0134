"""The policies on a real server: every kind of owner's column, odd names, and again and again."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import (
    CHAR,
    BigInteger,
    Boolean,
    Column,
    Enum,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    Uuid,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import CITEXT

from cellwall.runtime.database.ownership import Ownership
from cellwall.runtime.database.rls.policies import owned_table_sql
from cellwall.runtime.database.rls.script import policies_sql, script
from cellwall.runtime.errors import UnownedTableError

from .conftest import Walled, drop_everything


class Wrapped(TypeDecorator[uuid.UUID]):
    """A type of the application's own over another one."""

    impl = Uuid
    cache_ok = True


ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
KINDS: dict[str, tuple[Any, Any, Any]] = {
    "small": (SmallInteger, 1, 2),
    "integer": (Integer, 1, 2),
    "big": (BigInteger, 2**40, 2**40 + 1),
    "uuid": (Uuid, ONE, TWO),
    "wrapped": (Wrapped, ONE, TWO),
    "text": (Text, "ada", "Ada"),
    "cut": (String(3), "ada", "adb"),
}
ODD = ['Or"der', "percent %s %(x)s", "select", "a.b", "naïve ünïcode", "semi;colon--", "x" * 63, "$cellwall$"]


@pytest.fixture
async def made(bare: Walled) -> AsyncIterator[MetaData]:
    """Metadata whose tables are removed at the end."""
    metadata = MetaData()
    yield metadata
    async with bare.admin.begin() as connection:
        await connection.run_sync(drop_everything, metadata)
        await connection.exec_driver_sql('DROP SCHEMA IF EXISTS "Side %" CASCADE')


async def walled_off(bare: Walled, table: Table, column: str, mine: Any, other: Any) -> None:
    """Wall the table and see that each owner gets the own row, and can write no other."""
    async with bare.admin.begin() as connection:
        await connection.run_sync(table.metadata.create_all)
    ownership = Ownership(table.metadata, column=column, value=lambda text: text)
    bare.ownership = ownership
    await bare.apply()
    storage = bare.storage()
    await storage.check()
    async with bare.admin.begin() as connection:
        await connection.execute(insert(table), [{column: mine}, {column: other}])
    async with bare.engine().connect() as connection:
        assert (await connection.execute(select(table))).all() == []  # nobody sees nothing
    for owner in (mine, other):
        async with bare.admin.connect() as connection:
            await connection.exec_driver_sql(f"SET ROLE {bare.role}")
            await connection.exec_driver_sql(f"SET LOCAL cellwall.owner = '{owner}'")
            rows = (await connection.execute(select(table.c[column]))).scalars().all()
            assert rows == [owner]


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_of_column(bare: Walled, made: MetaData, kind: str) -> None:
    type_, mine, other = KINDS[kind]
    table = Table("kinds", made, Column("id", Integer, primary_key=True), Column("user_id", type_))
    await walled_off(bare, table, "user_id", mine, other)


@pytest.mark.parametrize("name", ODD)
async def test_odd_names(bare: Walled, made: MetaData, name: str) -> None:
    made.schema = "Side %"
    await bare.run('CREATE SCHEMA "Side %"')
    table = Table(name, made, Column("id", Integer, primary_key=True), Column(name, Text))
    await walled_off(bare, table, name, "ada", "bob")


@pytest.mark.parametrize("type_", [CHAR(8), Enum("ada", "bob", name="e"), Boolean(), CITEXT()], ids=str)
def test_a_column_that_tells_no_owners_apart_is_refused(type_: Any) -> None:
    table = Table("kinds", MetaData(), Column("user_id", type_))
    with pytest.raises(UnownedTableError, match=r"kinds\.user_id"):
        owned_table_sql(table, table.c.user_id)


async def test_applying_again_changes_nothing(walled: Walled) -> None:
    catalog = "SELECT polname, polpermissive, pg_get_expr(polqual, polrelid) FROM pg_policy ORDER BY 1, 3"
    before = await walled.run(catalog)
    await walled.apply()
    await walled.apply()
    assert await walled.run(catalog) == before
    assert len(before) == 2


async def test_a_wall_that_was_changed_is_mended(walled: Walled) -> None:
    await walled.run(
        "ALTER POLICY cellwall_owner ON notes USING (true)",
        "ALTER TABLE notes DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE notes NO FORCE ROW LEVEL SECURITY",
    )
    await walled.apply()
    await walled.storage().check()


async def test_a_table_that_is_shared_now_is_open_again(walled: Walled) -> None:
    walled.ownership = Ownership(walled.ownership.metadata, shared={"notes", "currencies"})
    await walled.apply()
    async with walled.engine().connect() as connection:
        rows = await connection.exec_driver_sql("SELECT text FROM notes")
        assert len(rows.all()) == 2
    assert await walled.run("SELECT 1 FROM pg_policy") == []


async def test_another_policy_opens_nothing(walled: Walled) -> None:
    await walled.run("CREATE POLICY open ON notes USING (true) WITH CHECK (true)")
    await walled.storage().check()
    async with walled.engine().connect() as connection:
        assert (await connection.exec_driver_sql("SELECT * FROM notes")).all() == []


async def test_the_printed_script_is_what_is_applied(bare: Walled) -> None:
    statements = policies_sql(bare.ownership, role=bare.role)
    assert await bare.apply() == statements
    text = script(statements)
    assert text.startswith("BEGIN;\n")
    assert text.endswith("COMMIT;\n")
    assert all(f"{statement};\n" in text for statement in statements)


async def test_nothing_is_applied_when_something_fails(bare: Walled) -> None:
    await bare.run("DROP TABLE notes")
    with pytest.raises(Exception, match="notes"):
        await bare.apply()
    assert await bare.run("SELECT 1 FROM pg_namespace WHERE nspname = 'cellwall'") == []


async def test_a_believed_owner_is_compared_once_where_the_statement_names_one_too(walled: Walled) -> None:
    plan = "EXPLAIN (COSTS OFF) SELECT text FROM notes WHERE user_id = 'ada'"
    async with walled.engine().connect() as connection:
        lines = (await connection.exec_driver_sql(plan)).scalars().all()
    assert any("One-Time Filter" in line for line in lines)
    assert not any("InitPlan" in line for line in lines)


def test_only_a_signed_owner_is_asked_in_a_sub_select() -> None:
    table = Table("notes", MetaData(), Column("user_id", Text))
    believed, signed = (
        "".join(owned_table_sql(table, table.c.user_id, signed=which)) for which in (False, True)
    )
    assert "SELECT" not in believed
    assert signed.count("user_id = (SELECT cellwall.owner()::text)") == 2
