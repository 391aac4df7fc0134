"""Events in a PostgreSQL table, for services of several machines; asyncpg works in a thread of its own."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from threading import Lock
from typing import Any, Final, TypeVar, final

import asyncpg  # type: ignore[import-untyped]

from cellwall.runtime.analytics.event import AnalyticsEvent
from cellwall.runtime.analytics.loop_thread import LoopThread
from cellwall.runtime.analytics.process import start_anew_in_children
from cellwall.runtime.analytics.store import EVENTS_PER_USER
from cellwall.runtime.errors import StoreUnavailableError

T = TypeVar("T")

SECONDS: Final = 5.0
CONNECTIONS: Final = 2
COLUMNS: Final = "name, user_id, session_id, request_id, at, event_id, properties"
SCHEMA_LOCK: Final = 0x63656C6C  # "cell": two processes that make the table at once take turns

SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS cellwall_events (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL,
        user_id text COLLATE "C" NOT NULL,
        session_id text NOT NULL,
        request_id text NOT NULL,
        at double precision NOT NULL,
        event_id text COLLATE "C" NOT NULL UNIQUE,
        properties text NOT NULL
    );
    CREATE INDEX IF NOT EXISTS cellwall_events_of_user ON cellwall_events (user_id, at, seq);
"""
_INSERT: Final = f"""
    INSERT INTO cellwall_events ({COLUMNS})
    SELECT {COLUMNS} FROM unnest(
        $1::text[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::text[], $7::text[]
    ) WITH ORDINALITY AS given ({COLUMNS}, place) ORDER BY place
    ON CONFLICT (event_id) DO NOTHING"""
_FORGET: Final = """
    DELETE FROM cellwall_events AS old USING unnest($1::text[]) AS owner (id) CROSS JOIN LATERAL (
        SELECT at, seq FROM cellwall_events WHERE user_id = owner.id ORDER BY at DESC, seq DESC
        OFFSET $2 LIMIT 1
    ) AS cut WHERE old.user_id = owner.id AND (old.at, old.seq) <= (cut.at, cut.seq)"""
_NEWEST: Final = f"""
    SELECT {COLUMNS} FROM cellwall_events
    WHERE user_id = $1 AND ($2::text IS NULL OR name = $2) ORDER BY at DESC, seq DESC LIMIT $3"""


@final
class PostgresAnalyticsStore:
    """Keeps the newest events of each user in the table `cellwall_events`, made on first use.

    Args:
        url: where the database is, such as `postgresql://service@db/analytics`; never logged.
        events_per_user: how many events of one user are kept.
        seconds: how long a command may take, and how long one may wait for a connection.
    """

    def __init__(self, url: str, events_per_user: int = EVENTS_PER_USER, *, seconds: float = SECONDS) -> None:
        self._url = re.sub(r"^postgresql\+\w+://", "postgresql://", url)  # SQLAlchemy's spelling
        self._limit = events_per_user
        self._seconds = seconds
        self._inherited: list[object] = []
        self._start()
        start_anew_in_children(self)

    def _start(self) -> None:
        self._lock = Lock()
        self._thread: LoopThread | None = None
        self._pool: Any = None

    def after_fork(self) -> None:
        """Leave the parent's connections and its thread, which is not here, alone."""
        self._inherited += [self._thread, self._pool]
        self._start()

    def write(self, events: Sequence[AnalyticsEvent]) -> None:
        """Keep all of them in one transaction; the owner's oldest ones go when there are too many."""
        columns = [list(column) for column in zip(*map(_row, events), strict=True)]
        owners = sorted({event.user_id for event in events})

        async def work(connection: Any) -> None:
            async with connection.transaction():
                await connection.execute(_INSERT, *columns)
                await connection.execute(_FORGET, owners, self._limit)

        if events:
            self._do(work)

    def of_user(
        self, user_id: str, *, name: str | None = None, limit: int | None = None
    ) -> list[AnalyticsEvent]:
        """Give this owner's newest events, `limit` at most, oldest first, and nobody else's."""
        newest = self._limit if limit is None else min(limit, self._limit)

        async def work(connection: Any) -> list[Any]:
            rows: list[Any] = await connection.fetch(_NEWEST, user_id, name, newest)
            return rows

        return [AnalyticsEvent(*row) for row in reversed(self._do(work))]

    def close(self) -> None:
        """Close the connections; a later use opens new ones."""
        with self._lock:
            thread, pool = self._thread, self._pool
            self._thread = self._pool = None
        if thread is not None:
            try:
                if pool is not None:
                    thread.run(_close(pool, self._seconds), 2 * self._seconds)
            finally:
                thread.stop()

    def _do(self, work: Callable[[Any], Awaitable[T]]) -> T:
        thread, pool = self._opened()
        try:
            return thread.run(self._with_connection(pool, work), 3 * self._seconds)
        except asyncpg.DataError:
            raise  # what was to be written cannot be
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, RuntimeError) as error:
            raise StoreUnavailableError(
                f"the database of the analytics store cannot be used ({type(error).__name__}); "
                "look whether it runs, has room and connections left, and knows this service's role"
            ) from error

    def _opened(self) -> tuple[LoopThread, Any]:
        with self._lock:
            if self._thread is None:
                self._thread = LoopThread("cellwall-analytics-postgres")
                self._pool = self._thread.run(self._open(), self._seconds)
            return self._thread, self._pool

    async def _open(self) -> Any:
        return await asyncpg.create_pool(  # connects when a connection is asked for
            self._url,
            min_size=0,
            max_size=CONNECTIONS,
            timeout=self._seconds,
            command_timeout=self._seconds,
            init=_make_table,
        )

    async def _with_connection(self, pool: Any, work: Callable[[Any], Awaitable[T]]) -> T:
        async with asyncio.timeout(2 * self._seconds):
            try:
                return await self._once(pool, work)
            except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, ConnectionError):
                return await self._once(pool, work)  # the connection was dead; events are kept once only

    async def _once(self, pool: Any, work: Callable[[Any], Awaitable[T]]) -> T:
        async with pool.acquire(timeout=self._seconds) as connection:
            return await work(connection)


async def _make_table(connection: Any) -> None:
    if await connection.fetchval("SELECT to_regclass('cellwall_events') IS NULL"):
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", SCHEMA_LOCK)
            await connection.execute(SCHEMA)


async def _close(pool: Any, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await pool.close()
    except TimeoutError:
        pool.terminate()


def _row(event: AnalyticsEvent) -> tuple[Any, ...]:
    return (
        event.name,
        event.user_id,
        event.session_id,
        event.request_id,
        event.at,
        event.event_id,
        event.properties_text,
    )
