"""The application's own engine behind the guard: a storage for any database with an asyncio driver."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, Final, final

import sqlalchemy
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from cellwall.runtime.database.guard.binding import Binding, BoundAsyncEngine, BoundEngine, shared_by
from cellwall.runtime.database.guard.compiler import guarded_compiler
from cellwall.runtime.database.guard.cursors import guard_dialect, guard_pool
from cellwall.runtime.database.guard.ending import end_once
from cellwall.runtime.database.guard.execution import guarded_context
from cellwall.runtime.database.guard.functions import Functions
from cellwall.runtime.database.guard.session import GuardedSession
from cellwall.runtime.database.guard.system import system_engine
from cellwall.runtime.database.guard.tables import GuardedTables
from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.owner_collation import BLIND_TO_CASE, require_telling_apart
from cellwall.runtime.database.ownership import Ownership
from cellwall.runtime.database.session import RequestSession
from cellwall.runtime.database.unavailable import tell_outages

TESTED: Final = (
    "2.1."  # private methods of SQLAlchemy are overridden, so a version that nobody tried is refused
)


@final
class GuardedEngine:
    """Keeps owners apart on the application's own engine, by looking at every statement.

    From now on all that runs on `engine` is guarded: requests see and write their owner's rows, owned tables
    outside a request's session are refused, and so is what cannot be restricted.

    Args:
        engine: the application's engine, with an asyncio driver.
        ownership: which tables have owners.
        functions: SQL functions that the application vouches for, beside the usual ones.
        bound: the kind of engine that each session gets.

    Raises:
        ValueError: the engine is guarded already.
        RuntimeError: this version of SQLAlchemy is not tested.

    Example:
        storage = GuardedEngine(create_async_engine(url), Ownership(Base.metadata, shared={"currencies"}))
        use_database(RequestScopedSessionManager(storage=storage))
    """

    def __init__(
        self,
        engine: AsyncEngine,
        ownership: Ownership,
        *,
        functions: Iterable[str] = (),
        bound: type[BoundEngine] = BoundEngine,
    ) -> None:
        if not sqlalchemy.__version__.startswith(TESTED):
            raise RuntimeError(
                f"the guard is tested with SQLAlchemy {TESTED}x, not {sqlalchemy.__version__}: it reads "
                "what may change between versions"
            )
        dialect: Any = engine.sync_engine.dialect
        if "statement_compiler" in vars(dialect):
            raise ValueError("this engine is guarded already: make one GuardedEngine for it, at start-up")
        self.engine: Final = engine
        self.ownership: Final = ownership
        self.tables: Final = GuardedTables(ownership)
        self._read = False  # whether the tables are: they are read once, at the first session
        self._as_it_is: Final = ownership.ids_as_they_are
        self._system: AsyncEngine | None = None
        compiler = guarded_compiler(dialect.statement_compiler, self.tables, Functions(functions))
        dialect.statement_compiler = compiler
        dialect.execution_ctx_cls = guarded_context(
            dialect.execution_ctx_cls, self.tables, compiler, server_side=dialect.server_side_cursors
        )
        guard_dialect(dialect)
        end_once(dialect)
        tell_outages(engine.sync_engine)
        guard_pool(engine.sync_engine.pool)
        self._bound: Final = shared_by(engine.sync_engine, bound)

    async def open(self, owner: Owner, request_id: str) -> RequestSession:
        """Make a session whose owner is fixed for life; what an anonymous owner wrote dies with it.

        Raises:
            UnownedTableError: a table has no owner's column, or one that takes two users for one.
        """
        if owner.kind == "system":
            self.ownership.require_owners()  # a service that works without a user at its start hears it there
            return RequestSession(await self._system_engine(), owner, request_id)
        if not self._read:
            self._read_tables()
        value: object = owner.id
        if not self._as_it_is or owner.kind != "user" or type(value) is not str:
            value = self.ownership.value_of(owner)
        binding = Binding(owner, self.tables, value)
        engine = self._bound.over(self.engine.sync_engine, binding)
        session = RequestSession(
            BoundAsyncEngine.over(engine), owner, request_id, sync_session=GuardedSession
        )
        session.sync_session.settle(engine)  # type: ignore[attr-defined]
        if owner.kind == "request":
            session.before_close(partial(self._forget, binding))
        return session

    async def close(self) -> None:
        """Do nothing: the engine is the application's."""

    def _read_tables(self) -> None:
        dialect = self.engine.dialect.name
        if dialect in BLIND_TO_CASE:
            for column in self.tables.owned.values():
                require_telling_apart(column, dialect)
        _ = self.tables.keys  # what is not there by now has no owner's parameter, and is refused
        self._read = True

    async def _system_engine(self) -> AsyncEngine:
        if self._system is None:
            self._system = await system_engine(self.engine)
        return self._system

    async def _forget(self, binding: Binding) -> None:
        """Delete what an anonymous owner wrote; nobody else can ever see it."""
        if binding.wrote:
            async with AsyncEngine(self._bound.over(self.engine.sync_engine, binding)).begin() as connection:
                for table in reversed(self.ownership.metadata.sorted_tables):
                    if table in self.tables.owned:
                        await connection.execute(delete(table))
            binding.end()
