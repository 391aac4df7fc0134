"""Which kinds of columns can say to whom a row belongs, and how the owner's text is compared with each."""

from typing import Any, Final

from sqlalchemy import CHAR, NCHAR, BigInteger, Column, Dialect, Enum, Integer, String, TypeDecorator, Uuid
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from cellwall.runtime.errors import UnownedTableError

# Values are never part of these statements, so percent signs in names are not to be doubled.
DIALECT: Final[Dialect] = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]


def owner_cast(column: Column[Any]) -> str:
    """Give the PostgreSQL type that the owner's text is cast to before it is compared with `column`.

    Never the column's own type where that has a length: a cast to it would cut two owners to one.

    Raises:
        UnownedTableError: the column is of a type under which two owners may be equal, or is no id.
    """
    kind: TypeEngine[Any] = column.type.dialect_impl(DIALECT)
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, BigInteger | Integer):
        return "bigint"
    if isinstance(kind, Uuid):
        return "uuid"
    if isinstance(kind, String) and not isinstance(kind, Enum | CHAR | NCHAR):
        return "text"
    raise UnownedTableError(
        f"{column.table.fullname}.{column.name} is of type {column.type!r}: an owner's column is an integer, "
        "a uuid or text of variable length"
    )
