"""What the application's role is granted, and what it must not have, as SQL. Pure."""

from sqlalchemy import Table

from cellwall.runtime.database.ownership import Ownership
from cellwall.runtime.database.rls.literal import literal
from cellwall.runtime.database.rls.names import quoted, table_name


def grants_sql(ownership: Ownership, role: str) -> list[str]:
    """Give what lets `role` work with rows, and takes from it what row-level security does not see.

    TRUNCATE empties a table for everybody, REFERENCES asks for foreign rows by foreign keys, and a TRIGGER
    runs code in the requests of others. The role is not made here.
    """
    name = quoted(role)
    tables = list(ownership.metadata.sorted_tables)
    schemas = sorted({table.schema for table in tables if table.schema})
    statements = [f"GRANT USAGE ON SCHEMA {quoted(schema)} TO {name}" for schema in schemas]
    for table in tables:
        rights = "SELECT, INSERT, UPDATE, DELETE" if table in ownership.owned else "SELECT"
        statements.append(f"REVOKE ALL ON {table_name(table)} FROM {name}")
        statements.append(f"GRANT {rights} ON {table_name(table)} TO {name}")
        if table in ownership.owned:
            statements.append(_sequences(table, name))
    return statements


def _sequences(table: Table, role: str) -> str:
    """Let the role draw numbers for the table's serial columns; identity columns need no grant."""
    return (
        "DO $cellwall$ DECLARE one regclass; BEGIN FOR one IN SELECT d.objid FROM pg_catalog.pg_depend d "
        "JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S' "
        "WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'a' "
        f"AND d.refobjid = pg_catalog.to_regclass({literal(table_name(table))}) "
        f"LOOP EXECUTE 'GRANT USAGE ON SEQUENCE ' || one || ' TO ' || {literal(role)}; "
        "END LOOP; END $cellwall$"
    )
