"""The walls under attack: no wall, one file per user, the guard, row-level security. One way to open each."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from attacks.models import Models, build
from attacks.plain import Ground, sqlite_url
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.database import (
    EmbeddedStorage,
    Owner,
    Ownership,
    RequestScopedSessionManager,
    Storage,
)
from cellwall.runtime.database.guard import GuardedEngine
from cellwall.runtime.database.rls import OwnerSigner, RowLevelSecurity, apply_policies
from cellwall.runtime.errors import IsolationError

MODELS: Final[Models] = build()
OWNERSHIP: Final = Ownership(MODELS.metadata, column=MODELS.owner, shared={"currencies"})
KEY: Final = bytes(range(32))
ROLE: Final = "attacked_application"


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
        self.storage: EmbeddedStorage = EmbeddedStorage(Path(mkdtemp(dir=folder)))
        self._trusted: dict[str, AsyncEngine] = {}

    def administrator(self, user: str) -> AsyncEngine:
        """Give an engine over the user's own file, without its wall."""
        if user not in self._trusted:
            path = self.storage.of(Owner("user", user)).path
            self._trusted[user] = create_async_engine(sqlite_url(path), poolclass=NullPool)
        return self._trusted[user]

    async def rebuild(self, *, wrecked: bool = False) -> None:
        """Empty both users' files; make them first where they are not there yet."""
        for user in ("mallory", "victoria"):
            if user not in self._trusted or wrecked:
                async with self.session(user) as session:
                    await session.query(self.models.Note).count()
                    await session.commit()
            if not wrecked:
                async with self.trusted(user) as connection:
                    await self.empty(connection)


class Guarded(Walled):
    """The application's own engine behind the guard, as a role that may do anything."""

    def __init__(self, name: str, models: Models, url: URL) -> None:
        super().__init__(name, models, url)
        self.storage = GuardedEngine(self.engine, OWNERSHIP)


class RowLevel(Walled):
    """Row-level security behind the guard; with a key, only signed owners are believed."""

    def __init__(self, name: str, models: Models, url: URL, key: bytes | None) -> None:
        super().__init__(name, models, url.set(username=ROLE), url)
        self._keys = None if key is None else {"1": key}
        signer = None if key is None else OwnerSigner(key)
        self.storage = RowLevelSecurity(self.engine, OWNERSHIP, signer=signer)

    async def create(self, connection: AsyncConnection) -> None:
        """Make the tables and the policies."""
        await super().create(connection)
        await connection.execute(text(MAKE_ROLE))
        await connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {ROLE}"))
        await connection.execute(text(f"GRANT SELECT ON currencies TO {ROLE}"))
        await connection.commit()
        await apply_policies(self.admin, OWNERSHIP, role=ROLE, keys=self._keys)


MAKE_ROLE: Final = (
    f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') "
    f"THEN CREATE ROLE {ROLE} LOGIN; END IF; END $$"
)


async def _plain_sqlite(folder: Path, url: str | None) -> Ground:
    return Ground("sqlite", MODELS, sqlite_url(folder / "plain.sqlite3"))


async def _plain_postgres(folder: Path, url: str | None) -> Ground:
    return Ground("postgres", MODELS, await database(url, "attacks_plain"))


async def _embedded(folder: Path, url: str | None) -> Ground:
    return Embedded(MODELS, folder)


async def _guarded_sqlite(folder: Path, url: str | None) -> Ground:
    return Guarded("guarded", MODELS, sqlite_url(folder / "guarded.sqlite3"))


async def _guarded_postgres(folder: Path, url: str | None) -> Ground:
    return Guarded("guarded_postgres", MODELS, await database(url, "attacks_guarded"))


async def _row_level(folder: Path, url: str | None) -> Ground:
    return RowLevel("row_level", MODELS, await database(url, "attacks_row_level"), None)


async def _signed(folder: Path, url: str | None) -> Ground:
    return RowLevel("signed", MODELS, await database(url, "attacks_signed"), KEY)


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
    "guarded": Wall("sqlite", _guarded_sqlite),
    "guarded_postgres": Wall("postgresql", _guarded_postgres),
    "row_level": Wall("postgresql", _row_level),
    "signed": Wall("postgresql", _signed),
}
CONTROLS: Final = ("sqlite", "postgres")
