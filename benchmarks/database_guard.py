"""What the guard costs: the same ORM code on the same engine settings, with and without it, taking turns.

Processor time of the whole process is compared, the driver's thread included: the clock on the wall says more
about what else the machine does than about some microseconds a statement.

Run: `python -m benchmarks.database_guard [--quick]`. On SQLite in a file and in memory; on
PostgreSQL of the wheel, or of CELLWALL_POSTGRES_URL, a database that may be written to.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.pool import StaticPool

from benchmarks.ratio import Row, missing
from cellwall.runtime.database import Owner, Ownership, RequestSession
from cellwall.runtime.database.guard import GuardedEngine
from tests.servers import ServerUnavailableError, running_postgres

READ_LIMIT, WRITE_LIMIT = 1.03, 1.08
USER = Owner("user", "ada")
WARM = 20  # calls before the first that is measured


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


async def _processor_time(sides: dict[str, Work], *, rounds: int) -> dict[str, float]:
    """Give the processor time of one call of each side, the driver's thread included; sides take turns.

    It is the first decile: whatever else runs on the machine takes caches and cores away, and only adds.
    """
    times: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(rounds):
        for name in sorted(sides, reverse=bool(turn % 2)):
            start = time.process_time()
            await sides[name]()
            times[name].append(time.process_time() - start)
    return {name: quantiles(values, n=10)[0] for name, values in times.items()}


async def _on(name: str, make: Callable[[], AsyncEngine], quick: bool) -> list[Row]:
    plain, guarded = make(), make()
    await _fill(plain)
    if plain.pool.__class__ is StaticPool:
        await _fill(guarded)
    storage = GuardedEngine(guarded, Ownership(Base.metadata))

    async def open_plain() -> RequestSession:
        return RequestSession(plain, USER, "request")

    async def open_guarded() -> RequestSession:
        return await storage.open(USER, "request")

    rows = []
    for works, limit in ((READS, READ_LIMIT), (WRITES, WRITE_LIMIT)):
        for kind, work in works.items():
            sides = {"plain": _call(open_plain, work), "guarded": _call(open_guarded, work)}
            for call in sides.values():
                for _ in range(WARM):
                    await call()
            times = await _processor_time(sides, rounds=200 if quick else 2000)
            ratio = times["guarded"] / times["plain"]
            note = f"{times['plain'] * 1e6:.0f} -> {times['guarded'] * 1e6:.0f} us a request"
            rows.append(Row(f"guard, {name}: {kind}", ratio, "x plain", f"<= {limit}", ratio <= limit, note))
    await plain.dispose()
    await guarded.dispose()
    return rows


async def _measure(quick: bool) -> list[Row]:
    rows: list[Row] = []
    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'rows.sqlite3'}"
        rows += await _on("SQLite file", lambda: create_async_engine(url), quick)
    memory = "sqlite+aiosqlite://"
    rows += await _on("SQLite memory", lambda: create_async_engine(memory, poolclass=StaticPool), quick)
    with ExitStack() as servers:
        given = os.environ.get("CELLWALL_POSTGRES_URL")
        try:
            postgres = given or servers.enter_context(running_postgres()).url()
        except ServerUnavailableError as error:
            return [*rows, missing("guard on PostgreSQL", str(error))]
        return rows + await _on("PostgreSQL", lambda: create_async_engine(postgres), quick)


def measure(quick: bool = False) -> list[Row]:
    """Give the ratios of a guarded request to the same request without the guard."""
    return asyncio.run(_measure(quick))


if __name__ == "__main__":
    for row in measure("--quick" in sys.argv):
        print(row)
