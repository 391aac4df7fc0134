"""Where rows may live under stress: each kind of storage, and a look at its rows from the outside."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from cellwall import RequestScopedSessionManager
from cellwall.runtime.database import Ownership
from cellwall.runtime.database.guard import GuardedEngine
from cellwall.runtime.database.rls import RowLevelSecurity, apply_policies
from tests.stress.models import Base

# SQLAlchemy's pool serves who comes late before who waits: of a thousand at once a few wait for minutes.
POOL: dict[str, Any] = {"pool_size": 8, "max_overflow": 0, "pool_timeout": 900}


@dataclass
class Place:
    """A manager, the engine that its service owns, and an administrator's where rows are in one table."""

    manager: RequestScopedSessionManager
    engine: AsyncEngine | None = None
    admin: AsyncEngine | None = None
    name: str = ""

    async def close(self) -> None:
        """Close the service's engine."""
        if self.engine is not None:
            await self.engine.dispose()

    async def rows(self) -> tuple[int, int]:
        """Give the number of rows, and of those whose text is not their owner's."""
        assert self.admin is not None
        foreign = "SELECT count(*) FROM stress_notes WHERE text NOT LIKE 'canary<' || user_id || '>%'"
        async with self.admin.connect() as connection:
            total = await connection.scalar(text("SELECT count(*) FROM stress_notes"))
            return total or 0, await connection.scalar(text(foreign)) or 0

    async def connections(self) -> int:
        """Give the number of connections that the service holds open at PostgreSQL."""
        assert self.admin is not None
        held = "SELECT count(*) FROM pg_stat_activity WHERE application_name = :name"
        async with self.admin.connect() as connection:
            return await connection.scalar(text(held), {"name": self.name}) or 0


Opening = AbstractAsyncContextManager[Place]


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[Place]:
    """One SQLite file per user."""
    yield Place(RequestScopedSessionManager(folder / "rows"))


@asynccontextmanager
async def guarded_sqlite(folder: Path) -> AsyncIterator[Place]:
    """One SQLite file for all, behind the guard."""
    url = f"sqlite+aiosqlite:///{folder / 'guarded.sqlite3'}"
    admin = create_async_engine(url)
    await _create_tables(admin)
    async with admin.connect() as connection:
        await connection.execute(text("PRAGMA journal_mode=WAL"))
    # SQLite lets writers wait in no order: of two, one of 30,000 waits for over a minute on a busy machine.
    engine = create_async_engine(url, connect_args={"timeout": 900}, **{**POOL, "pool_size": 2})
    storage = GuardedEngine(engine, Ownership(Base.metadata))
    yield Place(RequestScopedSessionManager(storage=storage), engine, admin)
    await admin.dispose()


@asynccontextmanager
async def guarded_postgres(url: str) -> AsyncIterator[Place]:
    """PostgreSQL behind the guard."""
    async with _postgres(url) as (admin, _, name, engine):
        storage = GuardedEngine(engine, Ownership(Base.metadata))
        yield Place(RequestScopedSessionManager(storage=storage), engine, admin, name)


@asynccontextmanager
async def row_level_security(url: str) -> AsyncIterator[Place]:
    """PostgreSQL behind the guard and its own policies."""
    async with _postgres(url) as (admin, role, name, engine):
        ownership = Ownership(Base.metadata)
        await apply_policies(admin, ownership, role=role)
        storage = RowLevelSecurity(engine, ownership)
        yield Place(RequestScopedSessionManager(storage=storage), engine, admin, name)


@asynccontextmanager
async def _postgres(url: str) -> AsyncIterator[tuple[AsyncEngine, str, str, AsyncEngine]]:
    admin = create_async_engine(url, poolclass=NullPool)
    await _create_tables(admin)
    role, password = f"stress_{secrets.token_hex(4)}", secrets.token_hex(16)
    await _execute(
        admin,
        f"CREATE ROLE {role} LOGIN PASSWORD '{password}'",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
    )
    engine = create_async_engine(
        make_url(url).set(username=role, password=password),
        connect_args={"server_settings": {"application_name": role}},
        **POOL,
    )
    try:
        yield admin, role, role, engine
    finally:
        await engine.dispose()
        await _execute(
            admin,
            "DROP TABLE stress_notes CASCADE",
            "DROP SCHEMA IF EXISTS cellwall CASCADE",
            f"DROP OWNED BY {role} CASCADE",
            f"DROP ROLE {role}",
        )
        await admin.dispose()


async def _create_tables(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


async def _execute(engine: AsyncEngine, *statements: str) -> None:
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
