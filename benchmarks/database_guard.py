"""What the guard costs: the same ORM code on the same engine settings, with and without it, taking turns.

Processor time of a whole process is compared, the driver's thread included: the clock on the wall says more
about what else the machine does than about some microseconds a statement. Each side is a process of its own,
as in `benchmarks.sides`.

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
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.pool import StaticPool

from benchmarks.ratio import Row, missing
from benchmarks.sides import Side, ratio, serve, taking_turns
from cellwall.runtime.database import Owner, Ownership, RequestSession
from cellwall.runtime.database.guard import GuardedEngine
from tests.servers import ServerUnavailableError, running_postgres

READ_LIMIT, WRITE_LIMIT = 1.03, 1.08
USER = Owner("user", "ada")
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


Open = Callable[[], Awaitable[Any]]
Work = Callable[[], Awaitable[None]]


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


READS = {"read by key": _by_key, "read a page": _page, "read a join": _joined}
WRITES = {"insert": _add, "insert 5 that point to one": _add_parts, "read and update": _change}


async def _fill(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
        items = [{"name": f"item {n}", "user_id": "ada" if n < 50 else f"user {n}"} for n in range(1, 500)]
        await connection.execute(Item.__table__.insert(), items)
        parts = [{"item_id": n % 499 + 1, "user_id": items[n % 499]["user_id"]} for n in range(1, 1000)]
        await connection.execute(Part.__table__.insert(), parts)


def _call(open_session: Open, work: Callable[[Any], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
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
    opens: dict[str, Open] = {}
    if side == "guarded":
        storage = GuardedEngine(engine, Ownership(Base.metadata))
        opens[side] = lambda: storage.open(USER, "request")
    else:

        async def open_plain() -> RequestSession:
            return RequestSession(engine, USER, "request")

        opens[side] = open_plain
    await serve({kind: _call(opens[side], work) for kind, work in (READS | WRITES).items()})
    await engine.dispose()


def _on(name: str, urls: Callable[[str], str], quick: bool) -> list[Row]:
    def start(side: str) -> Side:
        return Side("benchmarks.database_guard", side, urls(side))

    works = {**dict.fromkeys(READS, READ_LIMIT), **dict.fromkeys(WRITES, WRITE_LIMIT)}
    sets, turns = (1, 10) if quick else (7, 15)
    found = taking_turns(["plain", "guarded"], works, start, sets=sets, turns=turns)
    rows = []
    for kind, limit in works.items():
        value, note = ratio(found[kind], "guarded", "plain")
        rows.append(Row(f"guard, {name}: {kind}", value, "x plain", f"<= {limit}", value <= limit, note))
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
