"""No wall at all: the positive controls, and the ground that guards and other libraries are put on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import URL, MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from attacks.driver import ERRORS, run_script
from attacks.models import Models


class Ground:
    """Tables that all users share, in one database, and a pool of one connection that they hand on.

    Args:
        name: of the arena.
        url: of the database for the application; `trusted_url` is that of its administrator.
    """

    refusals: tuple[type[BaseException], ...] = ()
    shared = True

    def __init__(
        self, name: str, models: Models, url: URL | str, trusted_url: URL | str | None = None
    ) -> None:
        self.name = name
        self.models = models
        self.engine: AsyncEngine = create_async_engine(
            url, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=4
        )
        self.dialect = self.engine.dialect.name
        self._kept: dict[AsyncEngine, AsyncConnection] = {}
        self.admin: AsyncEngine = create_async_engine(trusted_url or url, poolclass=NullPool)

    @asynccontextmanager
    async def session(self, user: str) -> AsyncIterator[AsyncSession]:
        """Open a session that asks nobody whose rows they are."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def trusted(self, user: str) -> AsyncIterator[AsyncConnection]:
        """Connect as the administrator; one connection to each database is kept for the next time."""
        engine = self.administrator(user)
        connection = self._kept.pop(engine, None) or await engine.connect()
        try:
            yield connection
            await connection.rollback()
        except BaseException:
            await connection.close()
            raise
        before = self._kept.pop(engine, None)
        self._kept[engine] = connection
        if before is not None:
            await before.close()

    async def let_go(self) -> None:
        """Close the administrator's connections, so that nobody can find them in the process's memory."""
        while self._kept:
            await self._kept.popitem()[1].close()

    def administrator(self, user: str) -> AsyncEngine:
        """Give the engine that reaches the rows of `user` past every wall."""
        return self.admin

    async def rebuild(self, *, wrecked: bool = False) -> None:
        """Empty the tables; make them first where they are missing or `wrecked`."""
        if self.dialect == "sqlite" and not wrecked and await self.copy_template():
            return
        async with self.trusted("") as connection:
            if wrecked:
                await self.wipe(connection)
                await self.create(connection)
                await connection.commit()
                return
            try:
                await self.empty(connection)
            except ERRORS:  # there are no tables yet
                await connection.rollback()
                await self.create(connection)
                await connection.commit()

    async def copy_template(self) -> bool:
        """Begin with a copy of a file whose tables were made once; tell whether it begins here."""
        path = Path(str(self.admin.url.database))
        if _exists(path):
            return False
        if not _copied(self.models.metadata, path):
            async with self.admin.begin() as connection:
                await connection.execute(text("PRAGMA journal_mode=WAL"))
                await self.create(connection)
            await self.admin.dispose()
            _remember(self.models.metadata, path)
        return True

    async def empty(self, connection: AsyncConnection) -> None:
        """Delete all rows, past the order in which they point to each other."""
        tables = [table.name for table in self.models.metadata.sorted_tables]
        if self.dialect == "postgresql":
            await run_script(connection, [f"TRUNCATE {', '.join(tables)} RESTART IDENTITY"])
        else:
            await run_script(connection, [f"DELETE FROM {table}" for table in reversed(tables)])

    async def wipe(self, connection: AsyncConnection) -> None:
        """Take away everything, whatever it is."""
        if self.dialect == "postgresql":
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
            return
        query = "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sq%'"
        for kind, name in (await connection.execute(text(query))).all():
            await connection.execute(text(f'DROP {kind} "{name}"'))

    async def create(self, connection: AsyncConnection) -> None:
        """Make the tables."""
        await connection.run_sync(self.models.metadata.create_all)

    async def close(self) -> None:
        """Give back all connections."""
        await self.let_go()
        await self.engine.dispose()
        await self.admin.dispose()


_templates: WeakKeyDictionary[MetaData, bytes] = WeakKeyDictionary()


def _exists(path: Path) -> bool:
    return path.exists()


def _copied(metadata: MetaData, path: Path) -> bool:
    content = _templates.get(metadata)
    if content is not None:
        path.write_bytes(content)
    return content is not None


def _remember(metadata: MetaData, path: Path) -> None:
    _templates[metadata] = path.read_bytes()


def sqlite_url(path: Path) -> URL:
    """Give the address of a database in a file."""
    return URL.create("sqlite+aiosqlite", database=str(path))
