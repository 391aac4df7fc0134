"""What the guard costs: the same ORM code on the same engine settings, with and without it, taking turns.

Processor time of a whole process is compared, the driver's thread included: the clock on the wall says more
about what else the machine does than about some microseconds a statement. Each side is a process of its own,
as in `benchmarks.sides`.

The limits are for the same code, which filters by owner where a service would anyway. A third side is what a
careful service does without Cellwall: SQLAlchemy's own session, and a filter by hand on every owned table.

Run: `python -m benchmarks.database_guard [--quick]`. On SQLite in a file and in memory; on
PostgreSQL of the wheel, or of CELLWALL_POSTGRES_URL, a database that may be written to.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.pool import StaticPool

from benchmarks.ratio import Row, missing
from benchmarks.sides import Side, ratio, serve, taking_turns
from cellwall.runtime.database import Owner, Ownership, RequestSession
from cellwall.runtime.database.guard import GuardedEngine
from tests.servers import ServerUnavailableError, running_postgres

READ_LIMIT, WRITE_LIMIT = 1.03, 1.08
USER = Owner("user", "ada")
USERS = 10  # with as many rows each: what PostgreSQL expects of a parameter that it does not know yet
MEMORY = "sqlite+aiosqlite://"


class Base(DeclarativeBase):
    """Base of the measured models."""


class Item(Base):
    """Something owned."""

    __tablename__ = "cellwall_benchmark_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str]
    parts: Mapped[list[Part]] = relationship(back_populates="item")


class Part(Base):
    """Something owned that points to something owned."""

    __tablename__ = "cellwall_benchmark_parts"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(String(64), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("cellwall_benchmark_items.id"))
    item: Mapped[Item] = relationship(back_populates="parts")


Open = Callable[[], Awaitable[AsyncSession]]
Work = Callable[[Any], Awaitable[object]]


async def _by_key(session: Any) -> None:
    await session.get(Item, 7)


async def _page(session: Any) -> None:
    query = select(Item).where(Item.user_id == "ada", Item.name > "item 1").order_by(Item.id).limit(20)
    (await session.scalars(query)).all()


async def _joined(session: Any) -> None:
    query = select(Item.name, Part.id).join(Part).where(Item.user_id == "ada").order_by(Part.id).limit(20)
    (await session.execute(query)).all()


async def _add(session: Any) -> None:
    session.add(Item(name="new", user_id="ada"))
    await session.flush()


async def _add_parts(session: Any) -> None:
    item = await session.get(Item, 7)
    session.add_all([Part(item=item, user_id="ada") for _ in range(5)])
    await session.flush()


async def _change(session: Any) -> None:
    item = await session.get(Item, 7)
    item.name = "other" if item.name == "changed" else "changed"
    await session.flush()


async def _by_key_by_hand(session: Any) -> Item | None:
    item: Item | None = await session.scalar(select(Item).where(Item.id == 7, Item.user_id == "ada"))
    return item


async def _joined_by_hand(session: Any) -> None:
    query = select(Item.name, Part.id).join(Part).where(Item.user_id == "ada", Part.user_id == "ada")
    (await session.execute(query.order_by(Part.id).limit(20))).all()


async def _add_parts_by_hand(session: Any) -> None:
    item = await _by_key_by_hand(session)
    session.add_all([Part(item=item, user_id="ada") for _ in range(5)])
    await session.flush()


async def _change_by_hand(session: Any) -> None:
    item = await _by_key_by_hand(session)
    assert item is not None
    item.name = "other" if item.name == "changed" else "changed"
    await session.flush()


READS: dict[str, Work] = {"read by key": _by_key, "read a page": _page, "read a join": _joined}
WRITES: dict[str, Work] = {
    "insert": _add,
    "insert 5 that point to one": _add_parts,
    "read and update": _change,
}
BY_HAND: dict[str, Work] = {
    **READS, **WRITES, "read by key": _by_key_by_hand, "read a join": _joined_by_hand,
    "insert 5 that point to one": _add_parts_by_hand, "read and update": _change_by_hand,
}  # fmt: skip


async def _fill(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
        owners = ["ada", *(f"user {n}" for n in range(1, USERS))]
        items = [{"name": f"item {n}", "user_id": owners[n % 500 // 50]} for n in range(1, 500)]
        await connection.execute(Item.__table__.insert(), items)
        parts = [{"item_id": n % 499 + 1, "user_id": items[n % 499]["user_id"]} for n in range(1, 1000)]
        await connection.execute(Part.__table__.insert(), parts)
        if connection.dialect.name == "postgresql":
            await connection.exec_driver_sql("ANALYZE")  # as autovacuum does, without which plans are guesses


def _call(open_session: Open, work: Work) -> Callable[[], Awaitable[None]]:
    async def call() -> None:
        session = await open_session()
        await work(session)
        await session.rollback()
        await session.close()

    return call


def _engine(url: str) -> AsyncEngine:
    return create_async_engine(url, poolclass=StaticPool) if url == MEMORY else create_async_engine(url)


async def serve_side(side: str, url: str) -> None:
    """Be one side, with tables of its own where the database is in a file or in memory."""
    engine = _engine(url)
    if not url.startswith("postgresql"):
        await _fill(engine)
    storage = GuardedEngine(engine, Ownership(Base.metadata)) if side == "guarded" else None

    async def open_session() -> AsyncSession:
        if storage is not None:
            return await storage.open(USER, "request")
        if side == "plain":
            return RequestSession(engine, USER, "request")
        return AsyncSession(engine, expire_on_commit=False)

    works = BY_HAND if side == "by hand" else READS | WRITES
    await serve({kind: _call(open_session, work) for kind, work in works.items()})
    await engine.dispose()


def _on(name: str, urls: Callable[[str], str], quick: bool) -> list[Row]:
    def start(side: str) -> Side:
        return Side("benchmarks.database_guard", side, urls(side))

    works = {**dict.fromkeys(READS, READ_LIMIT), **dict.fromkeys(WRITES, WRITE_LIMIT)}
    sets, turns = (1, 10) if quick else (14, 4)
    found = taking_turns(["plain", "guarded", "by hand"], works, start, sets=sets, turns=turns)
    rows = []
    for kind, limit in works.items():
        value, note = ratio(found[kind], "guarded", "plain")
        rows.append(Row(f"guard, {name}: {kind}", value, "x plain", f"<= {limit}", value <= limit, note))
        value, note = ratio(found[kind], "guarded", "by hand")
        rows.append(Row(f"guard, {name}: {kind}", value, "x by hand", "", True, note))
    return rows


def _measure(quick: bool) -> list[Row]:
    with TemporaryDirectory() as folder, ExitStack() as servers:
        numbers = count()
        path = Path(folder)
        rows = _on(
            "SQLite file",
            lambda side: f"sqlite+aiosqlite:///{path / f'{side}{next(numbers)}.sqlite3'}",
            quick,
        )
        rows += _on("SQLite memory", lambda side: MEMORY, quick)
        given = os.environ.get("CELLWALL_POSTGRES_URL")
        try:
            postgres = given or servers.enter_context(running_postgres()).url()
        except ServerUnavailableError as error:
            return [*rows, missing("guard on PostgreSQL", str(error))]
        asyncio.run(_filled(postgres))
        return rows + _on("PostgreSQL", lambda side: postgres, quick)


async def _filled(url: str) -> None:
    engine = create_async_engine(url)
    await _fill(engine)
    await engine.dispose()


def measure(quick: bool = False) -> list[Row]:
    """Give the ratios of a guarded request to the same request without the guard."""
    return _measure(quick)


if __name__ == "__main__":
    if "--side" in sys.argv:
        asyncio.run(serve_side(*sys.argv[2:]))
        sys.exit()
    for row in measure("--quick" in sys.argv):
        print(row)
