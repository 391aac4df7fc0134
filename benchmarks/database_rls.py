"""What row-level security costs: the same requests on one server with and without it, taking turns.

Run: `python -m benchmarks.database_rls [--quick]`. Starts a PostgreSQL of its own on a Unix socket,
so that nothing but work is measured. Where the kernel tells it (Linux), the time compared is what processors
spent in client and server together: on a shared machine the clock on the wall measures the neighbours too.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.ratio import Row, interleaved_async, missing
from cellwall.runtime.database import Owner, Ownership, RequestSession
from cellwall.runtime.database.guard import GuardedEngine
from cellwall.runtime.database.rls import OwnerSigner, RowLevelSecurity, apply_policies
from tests.servers import RunningPostgres, ServerUnavailableError, running_postgres

LIMIT = 1.06
USER = Owner("user", "ada")
KEY = bytes(range(32))
ROLE = "benchmark_app"
CALLS = 4  # of each side in a round


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


def _sides(server: RunningPostgres, engines: list[AsyncEngine]) -> dict[str, Open]:
    """Give what opens a session: without a wall, with the guard, with both, and with a signed owner."""
    ownership = Ownership(Base.metadata)

    def engine(database: str) -> AsyncEngine:
        engines.append(create_async_engine(server.url(database, user=ROLE), pool_size=1, max_overflow=0))
        return engines[-1]

    plain = engine("open")
    guarded = GuardedEngine(engine("open"), ownership)
    both = RowLevelSecurity(engine("walled"), ownership)
    signed = RowLevelSecurity(engine("signed"), ownership, signer=OwnerSigner(KEY))

    async def open_plain() -> RequestSession:
        return RequestSession(plain, USER, "request")

    return {
        "plain": open_plain,
        "guarded": lambda: guarded.open(USER, "request"),
        "both": lambda: both.open(USER, "request"),
        "signed": lambda: signed.open(USER, "request"),
    }


async def _measure(server: RunningPostgres, quick: bool) -> list[Row]:
    first = create_async_engine(server.url())
    async with first.begin() as connection:
        await connection.exec_driver_sql(f"CREATE ROLE {ROLE} LOGIN")
    await first.dispose()
    for name, keys in (("open", None), ("walled", None), ("signed", {"1": KEY})):
        admin = await _database(server, name)
        if name != "open":
            await apply_policies(admin, Ownership(Base.metadata), role=ROLE, keys=keys)
        await admin.dispose()
    engines: list[AsyncEngine] = []
    opens = _sides(server, engines)
    rows = []
    for kind, work in WORKS.items():
        calls = {name: _call(open_session, work) for name, open_session in opens.items()}
        for call in calls.values():
            for _ in range(10):
                await call()
        rounds = 80 if quick else 500
        if spent := _processor_seconds(server):
            rows += _rows(
                kind, await _interleaved_spending(calls, spent, rounds=rounds), "us of CPU a request"
            )
        else:
            rows += _rows(kind, await interleaved_async(calls, rounds=rounds, calls=CALLS), "us a request")
    for engine in engines:
        await engine.dispose()
    return rows


def _processor_seconds(server: RunningPostgres) -> Callable[[], float] | None:
    """Give what tells the processor time of this process and of the server's connections, in seconds."""
    children = Path(f"/proc/{server.server.pid}/task/{server.server.pid}/children")
    if not children.exists() or not Path("/proc/self/schedstat").exists():
        return None
    clocks = [Path(f"/proc/{child}/schedstat") for child in children.read_text().split()]

    def spent() -> float:
        return time.process_time() + sum(int(clock.read_text().split()[0]) for clock in clocks) / 1e9

    return spent


async def _interleaved_spending(
    sides: dict[str, Callable[[], Awaitable[None]]], spent: Callable[[], float], *, rounds: int
) -> dict[str, float]:
    """Give the first decile of each side's spending on a call; who goes first goes last in the next round.

    Whatever else runs on the machine takes caches and cores away, and only adds.
    """
    spendings: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for _ in range(rounds):
        names.append(names.pop(0))
        for name in names:
            before = spent()
            for _ in range(CALLS):
                await sides[name]()
            spendings[name].append((spent() - before) / CALLS)
    return {name: quantiles(values, n=10)[0] for name, values in spendings.items()}


def _rows(kind: str, times: dict[str, float], unit: str) -> list[Row]:
    def row(name: str, top: str, bottom: str, limit: float | None) -> Row:
        ratio = times[top] / times[bottom]
        note = f"{times[bottom] * 1e6:.0f} -> {times[top] * 1e6:.0f} {unit}"
        shown = f"<= {limit}" if limit else "optional"
        return Row(f"{name}: {kind}", ratio, f"x {bottom}", shown, limit is None or ratio <= limit, note)

    return [
        row("row-level security", "both", "guarded", LIMIT),
        row("guard and row-level security", "both", "plain", None),
        row("row-level security, owner signed", "signed", "guarded", None),
    ]


def measure(quick: bool = False) -> list[Row]:
    """Measure everything on a server of its own."""
    try:
        with running_postgres() as server:
            return asyncio.run(_measure(server, quick))
    except ServerUnavailableError as error:
        return [missing("row-level security", str(error))]


if __name__ == "__main__":
    for each in measure("--quick" in sys.argv):
        print(each)
