"""Text statements that somebody vouched for: they read shared tables and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, final

from sqlalchemy import TextClause

from cellwall.runtime.errors import UnguardedStatementError

_READS: Final = re.compile(r"\s*(select|with)\b[^;]*\Z", re.IGNORECASE)


@final
class SharedText(TextClause):
    """A `text()` over shared tables, with its reason; made by `shared_text`."""

    inherit_cache: bool | None = True

    tables: frozenset[str] = frozenset()
    reason: str = ""

    def check(self, shared: Iterable[str], owned: Iterable[str]) -> None:
        """Compare with what the ownership says.

        Raises:
            UnguardedStatementError: a named table is not shared, or the text speaks of an owned one.
        """
        strangers = sorted(self.tables - set(shared))
        words = set(re.findall(r"[\w$]+", self.text.lower()))
        spoken_of = sorted(name for name in owned if name.lower() in words)
        if strangers or spoken_of:
            raise UnguardedStatementError(
                f"shared_text may read shared tables alone, not {', '.join(strangers or spoken_of)}: "
                "select() owned rows by their table"
            )


def shared_text(sql: str, *, tables: Iterable[str], reason: str) -> SharedText:
    """Make a text statement that a guarded session runs, because it reads shared tables only.

    Args:
        sql: one SELECT; values go in as `:name` parameters.
        tables: all tables that it reads; each must stand in `Ownership(shared=...)`.
        reason: why it is not written by `select()`.

    Raises:
        UnguardedStatementError: no reason, no table, or not one SELECT.

    Example:
        rates = shared_text(
            "SELECT rate FROM currencies WHERE code = :code", tables=["currencies"], reason="uses a hint"
        )
        await session.execute(rates, {"code": "EUR"})
    """
    statement = SharedText(sql)
    statement.tables = frozenset(tables)
    statement.reason = reason.strip()
    if not statement.reason or not statement.tables or not _READS.match(sql):
        raise UnguardedStatementError(
            "shared_text needs one SELECT, the shared tables that it reads, and a reason"
        )
    return statement
