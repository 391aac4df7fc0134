"""Which tables have owners, and in which column. A table that nobody thought of is refused, not trusted."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, Final, final
from uuid import UUID

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Uuid

from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.owner_collation import require_telling_apart
from cellwall.runtime.errors import InvalidIdError, UnownedTableError

ANONYMOUS_PREFIX: Final = "\x1f"  # unprintable, so no user id can look like it; short, for columns of 36


@final
class Ownership:
    """The tables of one `metadata` whose rows belong to somebody, by the column that says to whom.

    Args:
        metadata: the application's tables, such as `Base.metadata`.
        column: the name of the owner's column; every table has it or stands in `shared`.
        shared: names of tables that belong to nobody and that everybody may read, such as currencies.
        value: what stands in the column for a user's id; the id itself where none is given. Where columns are
            integers, no user's may be negative: anonymous requests are.

    Example:
        ownership = Ownership(Base.metadata, column="user_id", shared={"currencies"})
    """

    def __init__(
        self,
        metadata: MetaData,
        *,
        column: str = "user_id",
        shared: Iterable[str] = (),
        value: Callable[[str], Any] = str,
    ) -> None:
        self.metadata: Final = metadata
        self.column: Final = column
        self.shared: Final = frozenset(shared)
        self._value = value

    @cached_property
    def owned(self) -> dict[Table, Column[Any]]:
        """The owned tables with their owner's columns; read once, after the models are imported.

        Raises:
            UnownedTableError: a table has no such column and is not declared as shared, or one that takes two
                users for one.
        """
        tables = self.require_owners()
        for table in tables:
            require_telling_apart(table.c[self.column])
        return {table: table.c[self.column] for table in tables}

    def require_owners(self) -> list[Table]:
        """Give the owned tables as they are now; models that are imported later may bring more.

        Raises:
            UnownedTableError: a table has no owner's column and is not declared as shared.
        """
        tables = [table for table in self.metadata.tables.values() if table.fullname not in self.shared]
        without = sorted(table.fullname for table in tables if self.column not in table.c)
        if without:
            raise UnownedTableError(
                f"no column {self.column!r} in {', '.join(without)}: add it, or name the table in `shared` "
                "when its rows belong to nobody"
            )
        return tables

    @property
    def ids_as_they_are(self) -> bool:
        """Whether the id of a user stands in the owner's column as it is."""
        return self._value is str

    def value_of(self, owner: Owner) -> Any:
        """Give what stands in the owner's column for rows of `owner`.

        Raises:
            InvalidIdError: a number that another id would give too (`01`, `1_0`), or an anonymous request's.
        """
        if owner.kind == "request":
            return self._anonymous(owner.id)
        value = self._value(owner.id)
        if type(value) is not str and isinstance(value, int) and (value < 0 or str(value) != owner.id):
            raise InvalidIdError(f"user id {owner.id!r} is not the only way to write owner {value}")
        return value

    @cached_property
    def _anonymous(self) -> Callable[[str], Any]:
        """How an anonymous request's 128 random bits look in the owner's column; no user's value is so."""
        types = [column.type for column in self.owned.values()]
        uuids = [type_ for type_ in types if isinstance(type_, Uuid)]
        if uuids:
            return UUID if uuids[0].as_uuid else lambda bits: str(UUID(bits))
        if any(isinstance(type_, Integer) for type_ in types):
            width = 62 if all(isinstance(type_, BigInteger) for type_ in types) else 31
            return lambda bits: -1 - (int(bits, 16) >> (128 - width))
        return lambda bits: ANONYMOUS_PREFIX + bits
