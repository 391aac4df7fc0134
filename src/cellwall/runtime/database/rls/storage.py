"""Row-level security as a storage: the guarded engine, and behind it the same wall inside the database."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any, Final, final

from sqlalchemy.ext.asyncio import AsyncEngine

from cellwall.runtime.database.guard import GuardedEngine
from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.ownership import Ownership
from cellwall.runtime.database.rls.names import OWNER
from cellwall.runtime.database.rls.opening import OpensTransactions, opening
from cellwall.runtime.database.rls.owned_connections import (
    OpeningFor,
    disown_when_back,
    install,
    required_opener,
)
from cellwall.runtime.database.rls.role_check import problems
from cellwall.runtime.database.rls.signing import OwnerSigner
from cellwall.runtime.database.session import RequestSession
from cellwall.runtime.errors import BypassingRoleError, SystemContextError

_PROBE: Final = "check at start"  # an owner of no row


@final
class RowLevelSecurity:
    """Keeps owners apart in PostgreSQL itself: every transaction begins with its owner, in the same message.

    The guard stands before it (see `GuardedEngine`), so that a request gets a clear error first.

    Args:
        engine: the application's engine, by asyncpg or psycopg, as a role that owns no table.
        ownership: which tables have owners; `cellwall db rls-sql` makes their policies.
        signer: signs the owner, so that injected SQL cannot name another one.
        system_engine: for work without a user, as a role that row-level security spares.
        functions: SQL functions that the application vouches for, for the guard.

    Raises:
        ValueError: the engine is not PostgreSQL's, or is guarded already.
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
        functions: Iterable[str] = (),
    ) -> None:
        self._engine = engine
        self._ownership = ownership
        self._system_engine = system_engine
        self._checked = False
        self._checking = asyncio.Lock()
        self._opening_for: OpeningFor | None = None if signer is None else partial(_signed, signer)
        bound = install(engine.sync_engine, self._opening_for)
        self._guarded = GuardedEngine(engine, ownership, functions=functions, bound=bound)

    def open(self, owner: Owner, request_id: str) -> Coroutine[Any, Any, RequestSession]:
        """Make a session whose transactions the database shows the rows of `owner` alone.

        Raises:
            BypassingRoleError: at the first time, the check at start fails.
            SystemContextError: the owner is the system, and there is no `system_engine`.
        """
        if self._checked and owner.kind != "system":
            return self._guarded.open(owner, request_id)  # no coroutine of our own around it
        return self._open(owner, request_id)

    async def _open(self, owner: Owner, request_id: str) -> RequestSession:
        if owner.kind == "system":
            if self._system_engine is None:
                raise SystemContextError(
                    "row-level security binds the application's role also in work without a user: give "
                    "RowLevelSecurity(system_engine=...) an engine of a role that may see every row"
                )
            return RequestSession(self._system_engine, owner, request_id)
        async with self._checking:
            if not self._checked:  # requests that arrive together wait for one check
                await self._check()
        return await self._guarded.open(owner, request_id)

    async def check(self) -> None:
        """Refuse a role, tables or policies by which rows of another owner could be reached; once is enough.

        Raises:
            BypassingRoleError: the text names all that was found, and what to run.
        """
        async with self._checking:
            await self._check()

    async def _check(self) -> None:
        if not self._checked:  # later, a request could hold a connection of the pool that goes
            await self._engine.dispose()  # connections made before this storage cannot take an owner along
        async with self._engine.connect() as connection:
            pooled = await connection.get_raw_connection()
            opener = required_opener(pooled.dbapi_connection)
            give = self._opening_for
            opener.cellwall_opening = partial(opening, _PROBE) if give is None else give(_PROBE, opener)
            disown_when_back(pooled)
            found = await problems(opener.cellwall_rows, self._ownership, signed=give is not None)
            found = found or await _seen_otherwise(opener)
        if found:
            raise BypassingRoleError("row-level security does not hold: " + "; ".join(found))
        self._checked = True

    async def close(self) -> None:
        """Do nothing: the engines are the application's."""
        await self._guarded.close()


def _signed(signer: OwnerSigner, owner: object, opener: OpensTransactions) -> Callable[[], str]:
    return partial(_signed_opening, signer, str(owner), opener.cellwall_backend())


def _signed_opening(signer: OwnerSigner, owner: str, backend: int) -> str:
    return opening(signer.token(owner, backend))


async def _seen_otherwise(opener: OpensTransactions) -> list[str]:
    """Begin as somebody and ask the database who that was: the only proof that all parts fit together."""
    try:
        ((seen,),) = await opener.cellwall_rows(f"SELECT {OWNER}()")
    except Exception as error:
        return [f"the database does not accept the owner: {error}"]
    return [] if seen == _PROBE else [f"a transaction began as {_PROBE!r} and the database saw {seen!r}"]
