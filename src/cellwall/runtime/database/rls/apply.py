"""Applies the policies to a database, all or none, as the owner of the tables."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

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
