"""What row-level security costs: the same requests on one server with and without it, taking turns.

Run: `python -m benchmarks.database_rls [--quick]`. Starts a PostgreSQL of its own on a Unix socket,
so that nothing but work is measured. Where the kernel tells it (Linux), the time compared is what processors
spent in client and server together: on a shared machine the clock on the wall measures the neighbours too.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import String, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.ratio import Row, missing
from benchmarks.sides import Side, ratio, serve, taking_turns
from cellwall.runtime.database import Owner, Ownership, RequestSession
from cellwall.runtime.database.guard import GuardedEngine
from cellwall.runtime.database.rls import OwnerSigner, RowLevelSecurity, apply_policies
from tests.servers import RunningPostgres, ServerUnavailableError, running_postgres

LIMIT = 1.06
USER = Owner("user", "ada")
KEY = bytes(range(32))
ROLE = "benchmark_app"


class Base(DeclarativeBase):
    """Base of the measured models."""


class Item(Base):
    """Something owned."""

    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str]


async def _by_key(session: Any) -> None:
    await session.get(Item, 7)


async def _page(session: Any) -> None:
    (await session.scalars(select(Item).where(Item.user_id == "ada").order_by(Item.id).limit(20))).all()


async def _three_reads(session: Any) -> None:
    for _ in range(3):
        await _page(session)


async def _insert(session: Any) -> None:
    session.add(Item(name="new", user_id="ada"))
    await session.commit()


async def _change(session: Any) -> None:
    item = await session.get(Item, 7)
    item.name = "other" if item.name == "changed" else "changed"
    await session.commit()


WORKS = {
    "read by key": _by_key, "read a page": _page, "read 3 pages": _three_reads, "insert": _insert,
    "read and update": _change,
}  # fmt: skip
Open = Callable[[], Awaitable[Any]]


async def _database(server: RunningPostgres, name: str) -> AsyncEngine:
    """Make a database with rows of many owners; give its owner's engine."""
    first = create_async_engine(server.url(), isolation_level="AUTOCOMMIT")
    async with first.connect() as connection:
        await connection.exec_driver_sql(f"CREATE DATABASE {name}")
    await first.dispose()
    admin = create_async_engine(server.url(name))
    async with admin.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        rows = [
            {"name": f"item {n}", "user_id": "ada" if n < 50 else f"user {n % 500}"} for n in range(20_000)
        ]
        await connection.execute(Item.__table__.insert(), rows)
        await connection.exec_driver_sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}")
        await connection.exec_driver_sql(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
        await connection.exec_driver_sql("ANALYZE")
    return admin


def _call(open_session: Open, work: Callable[[Any], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def call() -> None:
        session = await open_session()
        await work(session)
        await session.close()

    return call


async def serve_side(side: str, url: str) -> None:
    """Be one side: without a wall, with the guard, with both, or with a signed owner."""
    ownership = Ownership(Base.metadata)
    settings = {"server_settings": {"application_name": side}}
    engine = create_async_engine(url, pool_size=1, max_overflow=0, connect_args=settings)
    storage: Any = None
    if side == "guarded":
        storage = GuardedEngine(engine, ownership)
    elif side in {"both", "signed"}:
        signer = OwnerSigner(KEY) if side == "signed" else None
        storage = RowLevelSecurity(engine, ownership, signer=signer)

    async def open_session() -> RequestSession:
        opened: RequestSession
        if storage is None:
            opened = RequestSession(engine, USER, "request")
        else:
            opened = await storage.open(USER, "request")
        return opened

    await serve({kind: _call(open_session, work) for kind, work in WORKS.items()})
    await engine.dispose()


DATABASES = {"plain": "open", "guarded": "open", "both": "walled", "signed": "signed"}


async def _prepare(server: RunningPostgres) -> None:
    first = create_async_engine(server.url())
    async with first.begin() as connection:
        await connection.exec_driver_sql(f"CREATE ROLE {ROLE} LOGIN")
    await first.dispose()
    for name, keys in (("open", None), ("walled", None), ("signed", {"1": KEY})):
        admin = await _database(server, name)
        if name != "open":
            await apply_policies(admin, Ownership(Base.metadata), role=ROLE, keys=keys)
        await admin.dispose()


async def _backends(server: RunningPostgres) -> dict[str, int]:
    """Give the server's process for the connection of each side."""
    engine = create_async_engine(server.url())
    async with engine.connect() as connection:
        query = text("SELECT application_name, pid FROM pg_stat_activity WHERE application_name <> ''")
        found = {row.application_name: row.pid for row in await connection.execute(query)}
    await engine.dispose()
    return found


def _measure(server: RunningPostgres, quick: bool) -> list[Row]:
    asyncio.run(_prepare(server))

    def start(side: str) -> Side:
        return Side("benchmarks.database_rls", side, server.url(DATABASES[side], user=ROLE))

    def ready(sides: dict[str, Side]) -> None:
        if Path("/proc/self/schedstat").exists():  # Linux tells the server's share too
            backends = asyncio.run(_backends(server))
            for name, side in sides.items():
                side.ask(["watch", backends[name]])

    sets, turns = (1, 10) if quick else (14, 4)
    found = taking_turns(DATABASES, WORKS, start, sets=sets, turns=turns, ready=ready)
    return [row for kind in WORKS for row in _rows(kind, found[kind])]


def _rows(kind: str, sets: list[dict[str, float]]) -> list[Row]:
    def row(name: str, top: str, bottom: str, limit: float | None) -> Row:
        value, note = ratio(sets, top, bottom)
        shown = f"<= {limit}" if limit else ""
        return Row(f"{name}: {kind}", value, f"x {bottom}", shown, limit is None or value <= limit, note)

    return [
        row("row-level security", "both", "guarded", LIMIT),
        row("guard and row-level security", "both", "plain", None),
        row("row-level security, owner signed", "signed", "guarded", None),
    ]


def measure(quick: bool = False) -> list[Row]:
    """Measure everything on a server of its own."""
    try:
        with running_postgres() as server:
            return _measure(server, quick)
    except ServerUnavailableError as error:
        return [missing("row-level security", str(error))]


if __name__ == "__main__":
    if "--side" in sys.argv:
        asyncio.run(serve_side(*sys.argv[2:]))
        sys.exit()
    for each in measure("--quick" in sys.argv):
        print(each)
