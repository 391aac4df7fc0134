"""The names that row-level security has inside the database, and how a table's own name is quoted there."""

from typing import Final

from sqlalchemy import Table

from cellwall.runtime.database.rls.owner_type import DIALECT

SCHEMA: Final = "cellwall"
OWNER: Final = f"{SCHEMA}.owner"  # the setting and the function that reads it
SIGNING_KEY: Final = f"{SCHEMA}.signing_key"
OWNER_POLICY: Final = "cellwall_owner"
ROWS_POLICY: Final = "cellwall_rows"


def table_name(table: Table) -> str:
    """Give a table's name with its schema, each quoted where it must be."""
    return DIALECT.identifier_preparer.format_table(table)


def quoted(name: str) -> str:
    """Give the name of a column, role or schema, quoted where it must be."""
    return DIALECT.identifier_preparer.quote(name)
