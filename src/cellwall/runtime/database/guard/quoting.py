"""Names in SQL: one that asks not to be quoted must be a plain word, or it could be more than a name."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cellwall.runtime.errors import UnguardedStatementError

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import IdentifierPreparer as _Preparer
else:
    _Preparer = object  # mixed into the dialect's own preparer

_PLAIN: Final = re.compile(r"[\w$]+|__\[SCHEMA_[^\]]+\]")


class GuardedPreparer(_Preparer):
    """What the guard adds to a dialect's way of writing names."""

    def quote(self, ident: Any, *args: Any) -> str:
        """Quote a name where it must be; refuse one that may not be and holds more than a name."""
        if getattr(ident, "quote", None) is False and not _PLAIN.fullmatch(ident):
            raise UnguardedStatementError(f"the name {str(ident)[:60]!r} is not quoted and may hold SQL")
        return super().quote(ident, *args)


def guarded_preparer(preparer: Any) -> Any:
    """Give the guarded form of a dialect's preparer, which shares what the preparer has learned."""
    if isinstance(preparer, GuardedPreparer):
        return preparer
    kind: Any = type(preparer)
    guarded = object.__new__(_guarded(kind))
    guarded.__dict__ = preparer.__dict__
    return guarded


@cache
def _guarded(preparer: type[Any]) -> type[Any]:
    return type(f"Guarded{preparer.__name__}", (GuardedPreparer, preparer), {"__module__": __name__})
