"""All statements of row-level security in order. Pure: what is printed is what is applied."""

from typing import Final

from cellwall.runtime.database.ownership import Ownership
from cellwall.runtime.database.rls.grants import grants_sql
from cellwall.runtime.database.rls.owner_function import owner_function_sql
from cellwall.runtime.database.rls.policies import owned_table_sql, shared_table_sql

LOCK: Final = 0x63656C6C  # of the database, so that two who apply at once take turns


def policies_sql(ownership: Ownership, *, role: str | None = None, signed: bool = False) -> list[str]:
    """Give the statements that wall every owned table; run them in one transaction, as often as you like.

    Args:
        ownership: which tables have owners.
        role: the role that the application connects as; it is granted what it needs and no more.
        signed: believe signed owners alone; the key itself is installed by `apply_policies`.

    Raises:
        UnownedTableError: a table has no owner's column, or one of a type that cannot tell owners apart.
    """
    statements = [f"SELECT pg_catalog.pg_advisory_xact_lock({LOCK})", *owner_function_sql(signed=signed)]
    for table in ownership.metadata.sorted_tables:
        if table in ownership.owned:
            statements += owned_table_sql(table, ownership.owned[table], signed=signed)
        else:
            statements.append(shared_table_sql(table))
    if role is not None:
        statements += grants_sql(ownership, role)
    return statements


def script(statements: list[str]) -> str:
    """Give statements as a script of one transaction."""
    return "\n".join(["BEGIN;", *(f"{statement};" for statement in statements), "COMMIT;", ""])
