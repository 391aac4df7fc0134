"""Row-level security as a storage: the application's own engine, with the wall inside the database."""

import asyncio
from typing import Final, final

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.ownership import Ownership
from cellwall.runtime.database.rls.names import OWNER
from cellwall.runtime.database.rls.owned_connections import install
from cellwall.runtime.database.rls.raw_rows import raw_rows
from cellwall.runtime.database.rls.role_check import problems
from cellwall.runtime.database.rls.signing import OwnerSigner
from cellwall.runtime.database.session import RequestSession
from cellwall.runtime.errors import BypassingRoleError, SystemContextError

_PROBE: Final = Owner("request", "check-at-start")


@final
class RowLevelSecurity:
    """Keeps owners apart in PostgreSQL itself: every transaction begins with its owner, in the same message.

    Args:
        engine: the application's engine, by asyncpg or psycopg, as a role that owns no table.
        ownership: which tables have owners; `cellwall db rls-sql` makes their policies.
        signer: signs the owner, so that injected SQL cannot name another one.
        system_engine: for work without a user, as a role that row-level security spares.

    Raises:
        ValueError: the engine is not PostgreSQL's, or has row-level security already.
        UnownedTableError: a table has no owner's column.

    Example:
        storage = RowLevelSecurity(engine, Ownership(Base.metadata))
        await storage.check()
        use_database(RequestScopedSessionManager(storage=storage))
    """

    def __init__(
        self,
        engine: AsyncEngine,
        ownership: Ownership,
        *,
        signer: OwnerSigner | None = None,
        system_engine: AsyncEngine | None = None,
    ) -> None:
        self._engine = engine
        self._ownership = ownership
        self._signer = signer
        self._system_engine = system_engine
        self._checked = False
        self._checking = asyncio.Lock()
        install(engine.sync_engine, self._owner_text)

    async def open(self, owner: Owner, request_id: str) -> RequestSession:
        """Make a session whose transactions the database shows the rows of `owner` alone.

        Raises:
            BypassingRoleError: at the first time, the check at start fails.
            SystemContextError: the owner is the system, and there is no `system_engine`.
        """
        if owner.system:
            if self._system_engine is None:
                raise SystemContextError(
                    "row-level security binds the application's role also in work without a user: give "
                    "RowLevelSecurity(system_engine=...) an engine of a role that may see every row"
                )
            return RequestSession(self._system_engine, owner, request_id)
        if not self._checked:
            await self.check()
        return RequestSession(self._engine.execution_options(cellwall_owner=owner), owner, request_id)

    async def check(self) -> None:
        """Refuse a role, tables or policies by which rows of another owner could be reached; once is enough.

        Raises:
            BypassingRoleError: the text names all that was found, and what to run.
        """
        async with self._checking:
            await self._engine.dispose()  # connections made before this storage cannot take an owner along
            engine = self._engine.execution_options(cellwall_owner=_PROBE)
            async with engine.begin() as connection:
                found = await problems(connection, self._ownership, signed=self._signer is not None)
                found = found or await self._probe(connection)
            if found:
                raise BypassingRoleError("row-level security does not hold: " + "; ".join(found))
            self._checked = True

    async def close(self) -> None:
        """Do nothing: the engines are the application's."""

    def _owner_text(self, connection: Connection, backend: int) -> str | None:
        owner: Owner | None = connection.get_execution_options().get("cellwall_owner")
        if owner is None:
            return None
        text = str(self._ownership.value_of(owner))
        return text if self._signer is None else self._signer.token(text, backend)

    async def _probe(self, connection: AsyncConnection) -> list[str]:
        """Begin as somebody and ask the database who that was: the only proof that all parts fit together."""
        expected = str(self._ownership.value_of(_PROBE))
        try:
            ((seen,),) = await raw_rows(connection, f"SELECT {OWNER}()")
        except Exception as error:
            return [f"the database does not accept the owner: {error}"]
        if seen != expected:
            return [f"a transaction began as {expected!r} and the database saw {seen!r}"]
        return []
