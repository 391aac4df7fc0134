"""Which kinds of columns can say to whom a row belongs, and how the owner's text is compared with each."""

import re
from typing import Any, Final

from sqlalchemy import Column, Dialect
from sqlalchemy.dialects import postgresql

from cellwall.runtime.errors import UnownedTableError

# Values are never part of these statements, so percent signs in names are not to be doubled.
DIALECT: Final[Dialect] = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]

# Never a type with a length: a cast to it would cut two owners to one.
_CASTS: Final = {
    "SMALLINT": "bigint",
    "INTEGER": "bigint",
    "BIGINT": "bigint",
    "UUID": "uuid",
    "TEXT": "text",
    "VARCHAR": "text",
}


def owner_cast(column: Column[Any]) -> str:
    """Give the PostgreSQL type that the owner's text is cast to before it is compared with `column`.

    Raises:
        UnownedTableError: the column is of a type under which two owners may be equal, or is no id.
    """
    declared = column.type.compile(dialect=DIALECT)
    cast = _CASTS.get(re.sub(r"\(\d+\)\Z", "", declared))
    if cast is None:
        raise UnownedTableError(
            f"{column.table.fullname}.{column.name} is of type {declared}: an owner's column is an "
            "integer, a uuid, or text of variable length that tells upper from lower case"
        )
    return cast
