"""Applies the policies to a database, all or none, as the owner of the tables."""

from importlib.util import find_spec

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from cellwall.runtime.database.ownership import Ownership
from cellwall.runtime.database.rls.names import SIGNING_KEY
from cellwall.runtime.database.rls.script import policies_sql
from cellwall.runtime.database.rls.signing import pads


async def apply_policies(
    engine: AsyncEngine,
    ownership: Ownership,
    *,
    role: str | None = None,
    keys: dict[str, bytes] | None = None,
) -> list[str]:
    """Wall every owned table in one transaction, and give the statements that did it, without any key.

    Args:
        engine: connects as the owner of the tables, who is not the application's role.
        ownership: which tables have owners.
        role: the application's role, to be granted what it needs.
        keys: believe only owners signed by one of these, by key id; keys that are not among them are
            forgotten. Without it every owner is believed that the application names.

    Raises:
        UnownedTableError: a table has no owner's column, or one of a type that cannot tell owners apart.
    """
    statements = policies_sql(ownership, role=role, signed=keys is not None)
    rows = [
        {"id": key_id, "inner": inner, "outer": outer}
        for key_id, key in (keys or {}).items()
        for inner, outer in [pads(key)]
    ]
    async with engine.begin() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        if keys is not None:
            await connection.execute(text(f"DELETE FROM {SIGNING_KEY}"))
        if rows:
            await connection.execute(text(f"INSERT INTO {SIGNING_KEY} VALUES (:id, :inner, :outer)"), rows)
    return statements


async def apply_once(
    url: str, ownership: Ownership, *, role: str | None = None, keys: dict[str, bytes] | None = None
) -> list[str]:
    """Do `apply_policies` over a connection of its own; no error ever shows the URL's password or a key.

    Raises:
        ValueError: the URL is none, or not PostgreSQL's.
    """
    try:
        target = make_url(url)
    except Exception:
        raise ValueError(
            "the database's URL cannot be read; it is like postgresql://user:password@host/name"
        ) from None
    if target.get_backend_name() != "postgresql":
        raise ValueError(f"row-level security is PostgreSQL's, and the URL is {target.get_backend_name()}'s")
    driver = next((name for name in ("asyncpg", "psycopg") if find_spec(name)), None)
    if driver is None:
        raise ValueError("no driver for PostgreSQL is here: install cellwall[postgres]")
    engine = create_async_engine(target.set(drivername=f"postgresql+{driver}"), hide_parameters=True)
    try:
        return await apply_policies(engine, ownership, role=role, keys=keys)
    finally:
        await engine.dispose()
