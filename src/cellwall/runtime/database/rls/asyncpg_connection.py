"""asyncpg's connection with an opening merged into BEGIN. The only place that knows how asyncpg begins."""

from collections.abc import Coroutine
from functools import lru_cache
from typing import Any

from asyncpg import Connection  # type: ignore[import-untyped]

from cellwall.runtime.database.rls.opening import nobodys_opening


class _OpensTransactions(Connection):  # type: ignore[misc]
    """Adds the opening to the message of every BEGIN, which asyncpg's own transactions send by `execute`."""

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

    def execute(self, query: str, *args: Any, timeout: float | None = None) -> Coroutine[Any, Any, str]:
        """Execute as ever; a BEGIN takes the opening along, and where that fails the connection is ended."""
        if query[:5] != "BEGIN" or args:
            plain: Coroutine[Any, Any, str] = super().execute(query, *args, timeout=timeout)
            return plain
        return self._begin(query, timeout)

    async def _begin(self, query: str, timeout: float | None) -> str:  # noqa: ASYNC109 - as asyncpg has it
        try:
            begin = query if query[-1] == ";" else f"{query};"
            status: str = await super().execute(begin + self.cellwall_opening(), timeout=timeout)
        except Exception:
            self.terminate()  # neither begun nor clean: nobody may go on with it
            raise
        return status


@lru_cache
def opening_class(given: type[Any] | None) -> type[Any]:
    """Give the class of connections that open transactions so, over the one that was asked for."""
    if given is None or given is Connection:
        return _OpensTransactions
    return (
        given
        if issubclass(given, _OpensTransactions)
        else type(given.__name__, (_OpensTransactions, given), {})
    )
