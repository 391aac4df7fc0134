"""The walls under attack: no wall, one file per user, the guard, row-level security. One way to open each."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from attacks.models import Models, build
from attacks.plain import Ground, sqlite_url
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.database import EmbeddedStorage, Owner, RequestScopedSessionManager, Storage
from cellwall.runtime.errors import IsolationError

MODELS: Final[Models] = build()


@dataclass(frozen=True)
class Wall:
    """How one arena is opened: in a folder, and on the server whose superuser's URL is given."""

    dialect: str
    open: Callable[[Path, str | None], Awaitable[Ground]]


class Walled(Ground):
    """A ground whose sessions come from a storage of Cellwall's."""

    refusals = (IsolationError,)

    storage: Storage

    @asynccontextmanager
    async def session(self, user: str) -> AsyncIterator[AsyncSession]:
        """Open the session of one request of `user`, as an application does."""
        manager = RequestScopedSessionManager(storage=self.storage)
        async with manager.session(UserExecutionContext.create_for_user(user)) as session:
            yield session

    async def close(self) -> None:
        """Give everything back."""
        await self.storage.close()
        await super().close()


class Embedded(Walled):
    """One file per user."""

    shared = False

    def __init__(self, models: Models, folder: Path) -> None:
        super().__init__("embedded", models, sqlite_url(folder / "unused.sqlite3"))
        self.storage: EmbeddedStorage = EmbeddedStorage(folder / "rows")

    @asynccontextmanager
    async def trusted(self, user: str) -> AsyncIterator[AsyncConnection]:
        """Open the user's own file without its wall."""
        engine = create_async_engine(
            sqlite_url(self.storage.of(Owner("user", user)).path), poolclass=NullPool
        )
        async with engine.connect() as connection:
            yield connection

    async def rebuild(self, *, wrecked: bool = False) -> None:
        """Empty both users' files."""
        for user in ("mallory", "victoria"):
            async with self.session(user) as session:
                await session.query(self.models.Note).count()
                await session.commit()
            async with self.trusted(user) as connection:
                if not wrecked:
                    await self.empty(connection)
                    await connection.commit()


async def _plain_sqlite(folder: Path, url: str | None) -> Ground:
    return Ground("sqlite", MODELS, sqlite_url(folder / "plain.sqlite3"))


async def _plain_postgres(folder: Path, url: str | None) -> Ground:
    return Ground("postgres", MODELS, await database(url, "attacks_plain"))


async def _embedded(folder: Path, url: str | None) -> Ground:
    return Embedded(MODELS, folder)


async def database(url: str | None, name: str) -> URL:
    """Make an empty database beside the one of `url`, once a server, and give its superuser's URL."""
    assert url is not None
    server = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with server.connect() as connection:
        there = await connection.scalar(
            text("SELECT count(*) FROM pg_database WHERE datname = :name"), {"name": name}
        )
        if not there:
            await connection.execute(text(f"CREATE DATABASE {name}"))
    await server.dispose()
    return make_url(url).set(database=name)


WALLS: Final[dict[str, Wall]] = {
    "sqlite": Wall("sqlite", _plain_sqlite),
    "postgres": Wall("postgresql", _plain_postgres),
    "embedded": Wall("sqlite", _embedded),
}
CONTROLS: Final = ("sqlite", "postgres")
