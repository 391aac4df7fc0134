"""asyncpg's connection with an opening merged into BEGIN. The only place that knows how asyncpg begins."""

from collections.abc import Coroutine
from functools import lru_cache
from typing import Any

from asyncpg import Connection  # type: ignore[import-untyped]

from cellwall.runtime.database.rls.opening import nobodys_opening


class _OpensTransactions(Connection):  # type: ignore[misc]
    """Has an opening, for the message of every BEGIN, which asyncpg's own transactions send by `execute`."""

    cellwall_opening = staticmethod(nobodys_opening)

    def cellwall_backend(self) -> int:
        """Give the number of the server's process at the other end."""
        number: int = self.get_server_pid()
        return number

    async def cellwall_rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Give the rows of one statement in a transaction of its own."""
        async with self.transaction():
            # `fetch` would keep the statement, and a timer for it that each turn of the loop then looks at.
            statement = await self.prepare(sql)
            return [tuple(row) for row in await statement.fetch()]


def _takes_opening(plain: Any) -> Any:
    """Make the form of a connection's `execute` whose BEGIN takes the opening along."""

    async def begin(self: Any, query: str, timeout: float | None) -> str:  # noqa: ASYNC109 - as asyncpg has it
        try:
            end = "" if query[-1] == ";" else ";"
            status: str = await plain(self, f"{query}{end}{self.cellwall_opening()}", timeout=timeout)
        except Exception:
            self.terminate()  # neither begun nor clean: nobody may go on with it
            raise
        return status

    def execute(self: Any, query: str, *args: Any, timeout: float | None = None) -> Coroutine[Any, Any, str]:
        """Execute as ever; a BEGIN takes the opening along, and where that fails the connection is ended."""
        status: Coroutine[Any, Any, str]
        if args:
            status = plain(self, query, *args, timeout=timeout)
        elif query[:5] == "BEGIN":
            status = begin(self, query, timeout)
        else:
            status = plain(self, query, timeout=timeout)  # COMMIT and ROLLBACK: no coroutine of ours
        return status

    return execute


@lru_cache
def opening_class(given: type[Any] | None) -> type[Any]:
    """Give the class of connections that open transactions so, over the one that was asked for."""
    plain = Connection if given is None else given
    if issubclass(plain, _OpensTransactions):
        return plain
    members = {"execute": _takes_opening(plain.execute), "__module__": __name__}
    return type(plain.__name__, (_OpensTransactions, plain), members)
