"""Whether a column tells two users apart: not where it takes `Ada` for `ada`. Asks models, no database."""

import re
from typing import Any, Final

from sqlalchemy import Column

from cellwall.runtime.errors import UnownedTableError

# SQLite's two, MySQL's and SQL Server's by their ending, and PostgreSQL's type.
_BLURRING: Final = re.compile(r"nocase|rtrim|.*_ci(_ai|_as)?(_\w+)?|.*_ai_ci", re.IGNORECASE)

# Dialects whose text is compared without case unless a collation says otherwise.
BLIND_TO_CASE: Final = frozenset({"mysql", "mariadb", "mssql"})


def require_telling_apart(column: Column[Any], dialect: str = "") -> None:
    """Do nothing unless two different users would be the same in this column.

    Raises:
        UnownedTableError: its type or collation compares without case, or `dialect` does where none is said.
    """
    collation = getattr(column.type, "collation", None)
    blurs = type(column.type).__name__.upper() == "CITEXT" or (
        collation is not None and _BLURRING.fullmatch(collation)
    )
    is_text = hasattr(column.type, "collation")
    if blurs or (dialect in BLIND_TO_CASE and is_text and collation is None):
        raise UnownedTableError(
            f"{column.table.fullname}.{column.name} takes `Ada` and `ada` for one user: give it a "
            "collation that tells them apart, such as utf8mb4_bin on MySQL"
        )
