"""psycopg's connection with an opening merged into BEGIN. The only place that knows how psycopg begins.

`_start_query` and `_get_tx_start_command` are not public: a version without them is refused.
"""

from collections.abc import Callable, Iterator
from typing import Any

from psycopg import AsyncConnection, InterfaceError, generators
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus

from cellwall.runtime.database.rls.opening import nobodys_opening

for _name in ("_start_query", "_get_tx_start_command"):
    if not hasattr(AsyncConnection, _name):
        raise ImportError(f"this psycopg has no AsyncConnection.{_name}: use a tested version, or asyncpg")


class OpeningConnection(AsyncConnection[Any]):
    """Adds the opening to the message of every BEGIN that psycopg sends by itself."""

    cellwall_opening: Callable[[], str] = staticmethod(nobodys_opening)

    def cellwall_backend(self) -> int:
        """Give the number of the server's process at the other end."""
        return self.info.backend_pid

    async def cellwall_rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Give the rows of one statement in a transaction of its own."""
        try:
            cursor = await self.execute(sql.encode())
            return [tuple(row) for row in await cursor.fetchall()]
        finally:
            await self.rollback()

    def _start_query(self) -> Iterator[Any]:  # type: ignore[override]
        if self._autocommit:
            return (yield from super()._start_query())
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            return None
        if self._pipeline:
            raise InterfaceError(
                "row-level security does not know psycopg's pipelines; leave the pipeline first"
            )
        begin = self._get_tx_start_command() + b";" + self.cellwall_opening().encode("ascii")
        self.pgconn.send_query(begin)
        for result in (yield from generators.execute(self.pgconn)):
            if result.status != ExecStatus.COMMAND_OK:
                error = error_from_result(result, encoding=self.info.encoding)
                self.pgconn.finish()  # neither begun nor clean: nobody may go on with it
                raise error
        return None
