"""The embedded storage against one plain engine for everybody, turn by turn in one run."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from itertools import count
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.ratio import Row, interleaved_async
from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.database import EmbeddedStorage, Owner, RequestScopedSessionManager

Open = AbstractAsyncContextManager[AsyncSession]
Work = Callable[[], Awaitable[object]]


class Base(DeclarativeBase):
    """Base of the measured models."""


class Item(Base):
    """What a user has."""

    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


for _number in range(7):  # a schema of a usual size, for the template
    _columns = {"id": mapped_column(primary_key=True, type_=Item.id.type)}
    type(f"Other{_number}", (Base,), {"__tablename__": f"others_{_number}", **_columns})

ITEMS = 20


def measure(quick: bool = False) -> list[Row]:
    """Measure a new user, a warm read and a warm write."""
    with tempfile.TemporaryDirectory(prefix="cellwall-benchmark-") as folder:
        return asyncio.run(_measure(Path(folder), 7 if quick else 31))


async def _measure(folder: Path, rounds: int) -> list[Row]:
    storage = EmbeddedStorage(folder / "users")
    plain = create_async_engine(f"sqlite+aiosqlite:///{folder / 'plain.sqlite3'}")
    async with plain.begin() as connection:
        await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        await connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
        await connection.run_sync(Base.metadata.create_all)

    manager = RequestScopedSessionManager(storage=storage)
    context = UserExecutionContext.create_for_user("ada")

    def embedded() -> Open:
        return manager.session(context)

    def single() -> Open:
        return AsyncSession(plain, expire_on_commit=False)

    for make in (embedded, single):
        async with make() as session:
            session.add_all([Item(name=str(number)) for number in range(ITEMS)])
            await session.commit()
    rows = [await _new_user(storage, rounds)]
    async with embedded() as first, single() as second:
        sides = {"embedded": _query(first), "single": _query(second)}
        rows.append(_row("warm query", await interleaved_async(sides, rounds=10 * rounds, calls=8), 1.05))
    for name, work in (("read", _read), ("write", _write)):
        sides = {"embedded": work(embedded), "single": work(single)}
        times = await interleaved_async(sides, rounds=10 * rounds, calls=4)
        rows.append(_row(f"session opened, {name}, closed", times, None))
    await storage.close()
    await plain.dispose()
    return rows


def _row(name: str, times: dict[str, float], limit: float | None) -> Row:
    ratio = times["embedded"] / times["single"]
    note = f"{times['embedded'] * 1e6:.0f} us against {times['single'] * 1e6:.0f} us"
    told = "" if limit is None else f"<= {limit}"
    met = limit is None or ratio <= limit
    return Row(f"{name}, embedded / single engine", ratio, "x", told, met, note)


def _query(session: AsyncSession) -> Work:
    statement = select(Item).order_by(Item.id)

    async def query() -> None:
        assert len((await session.scalars(statement)).all()) >= ITEMS

    return query


def _read(make: Callable[[], Open]) -> Work:
    statement = select(Item).order_by(Item.id)

    async def read() -> None:
        async with make() as session:
            assert len((await session.scalars(statement)).all()) >= ITEMS

    return read


def _write(make: Callable[[], Open]) -> Work:
    async def write() -> None:
        async with make() as session:
            item = await session.get(Item, 1)
            assert item is not None
            item.name = "other" if item.name == "this" else "this"
            await session.commit()

    return write


async def _new_user(storage: EmbeddedStorage, rounds: int) -> Row:
    """What a user costs who has never been here: a store, its engine, a file with all tables."""
    numbers = count()

    async def ready() -> None:
        storage.of(Owner("user", f"user-{next(numbers)}")).prepare(Base.metadata)

    times = await interleaved_async({"new user": ready}, rounds=20 * rounds, calls=1)
    value = times["new user"] * 1e3
    return Row("a new user's store with its tables", value, "ms", "<= 1", value <= 1)


if __name__ == "__main__":
    for row in measure(quick="--quick" in sys.argv):
        print(row)
