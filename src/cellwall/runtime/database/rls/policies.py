"""The policies of one owned table as SQL. Pure: reads tables, gives statements."""

from typing import Any

from sqlalchemy import Column, Table

from cellwall.runtime.database.rls.literal import literal
from cellwall.runtime.database.rls.names import OWNER, OWNER_POLICY, ROWS_POLICY, quoted, table_name
from cellwall.runtime.database.rls.owner_type import owner_cast


def owned_table_sql(table: Table, column: Column[Any], *, signed: bool = False) -> list[str]:
    """Give what walls one table, whatever stood there before.

    The owner's policy is restrictive, so that no policy added later opens what it closes; PostgreSQL then
    needs another one that lets rows through at all. An owner that is verified is read in a sub-select, once a
    statement. One that is believed is a setting, cheaper to read than a sub-select is to start: where the
    statement names its owner too, as all of the guard do, or an index is used, it is read once as well.
    """
    name = table_name(table)
    owner = f"{OWNER}()::{owner_cast(column)}"
    mine = f"({quoted(column.name)} = {f'(SELECT {owner})' if signed else owner})"
    return [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        *_drop(name),
        f"CREATE POLICY {ROWS_POLICY} ON {name} AS PERMISSIVE FOR ALL TO PUBLIC "
        "USING (true) WITH CHECK (true)",
        f"CREATE POLICY {OWNER_POLICY} ON {name} AS RESTRICTIVE FOR ALL TO PUBLIC "
        f"USING {mine} WITH CHECK {mine}",
        f"REVOKE TRUNCATE, REFERENCES, TRIGGER ON {name} FROM PUBLIC",
    ]


def shared_table_sql(table: Table) -> str:
    """Give what takes the wall down again from a table that was owned once and now is shared."""
    name = table_name(table)
    drop = "; ".join(_drop(name))
    return (
        "DO $cellwall$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_policy WHERE "
        f"polrelid = pg_catalog.to_regclass({literal(name)}) AND polname = '{OWNER_POLICY}') THEN {drop}; "
        f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {name} DISABLE ROW LEVEL SECURITY; "
        "END IF; END $cellwall$"
    )


def _drop(name: str) -> list[str]:
    return [f"DROP POLICY IF EXISTS {policy} ON {name}" for policy in (OWNER_POLICY, ROWS_POLICY)]
