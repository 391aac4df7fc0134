"""How many schedules seven planted bugs take: `python -m benchmarks.explore_finds [--quick]`.

Each is searched by plain gather, by each strategy alone, by the whole portfolio, and by simloom and simloop
where they are installed (Python 3.12 or later). A figure is the mean number of schedules until the first
find, with how often it was found of so many searches of at most 400 schedules (2,000 for the systematic
sweep, which is searched once); plain gather is 300 runs on asyncio's own loop in real time. Run it with
PYTHONPATH=src.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import import_module
from statistics import mean
from types import ModuleType
from typing import Any
from unittest.mock import AsyncMock

from cellwall.explore import explore
from cellwall.explore.amplify import amplified_code
from cellwall.explore.strategies.delay_sweep import DelaySweep
from cellwall.explore.strategies.pct import Pct
from cellwall.explore.strategies.random_walk import RandomWalk
from cellwall.explore.strategies.strategy import Strategy

MOST, SYSTEMATIC, GATHERS = 400, 2000, 300
THREE = ("alice", "bob", "carol")

# The handler is compiled twice: as written, and with its awaits amplified.
HANDLER = """
class Service:
    def __init__(self, database):
        self.database = database
        self.user = ""

    async def handle(self, user):
        self.user = user
        await self.database.query(user)
        return self.user
"""


def service(*, amplified: bool) -> Any:
    """Give the class of the handler."""
    module = ModuleType("service")
    code = amplified_code(HANDLER, "service.py") if amplified else compile(HANDLER, "service.py", "exec")
    exec(code, vars(module))  # the text above
    return module.Service


class Database:
    """Suspends once for each query."""

    async def query(self, user: str) -> None:
        await asyncio.sleep(0)


Users = Callable[[], Sequence[Awaitable[None]]]


def check(user: str, got: object) -> None:
    """Raise when the user got another's."""
    assert got == user, f"{user} got {got}"


def skewed_by_steps() -> Sequence[Awaitable[None]]:
    """Self attribute race; each user arrives a step after the one before."""
    shared = service(amplified=False)(Database())

    async def visit(user: str, steps: int) -> None:
        for _ in range(steps):
            await asyncio.sleep(0)
        check(user, await shared.handle(user))

    return [visit(user, place) for place, user in enumerate(THREE)]


def skewed_by_time() -> Sequence[Awaitable[None]]:
    """The same; each user arrives 10 ms after the one before."""
    shared = service(amplified=False)(Database())

    async def visit(user: str, place: int) -> None:
        await asyncio.sleep(0.01 * place)
        check(user, await shared.handle(user))

    return [visit(user, place) for place, user in enumerate(THREE)]


def awaited_mock(*, amplified: bool = False) -> Sequence[Awaitable[None]]:
    """The same, but the database is a mock, so that its await never suspends."""
    shared = service(amplified=amplified)(AsyncMock())

    async def visit(user: str) -> None:
        check(user, await shared.handle(user))

    return [visit(user) for user in THREE]


def check_then_act() -> Sequence[Awaitable[None]]:
    """A cached session: whose it is is checked, and after an await it is used; arrivals do not overlap."""
    cache = {"owner": "", "session": ""}

    async def load(user: str) -> str:
        await asyncio.sleep(0)
        return user

    async def visit(user: str, steps: int) -> None:
        for _ in range(steps):
            await asyncio.sleep(0)
        for _ in range(2):
            if cache["owner"] != user:
                cache["session"] = await load(user)
                cache["owner"] = user
            await asyncio.sleep(0)
            check(user, cache["session"])

    return [visit(user, 6 * place) for place, user in enumerate(THREE)]


def depth_three() -> Sequence[Awaitable[None]]:
    """Three events in one order, inside of a short window: alice opens, bob writes, carol moves it."""
    state = {"open": "", "written": "", "moved": ""}

    async def alice() -> None:
        for _ in range(4):
            await asyncio.sleep(0)
        state["open"] = "alice"
        await asyncio.sleep(0)
        got, state["open"] = state["moved"], ""
        check("alice", got or "alice")

    async def bob() -> None:
        for _ in range(12):
            await asyncio.sleep(0)
        state["written"] = "bob" if state["open"] else ""

    async def carol() -> None:
        for _ in range(8):
            await asyncio.sleep(0)
        state["moved"] = state["written"]

    return [alice(), bob(), carol()]


current: ContextVar[list[str]] = ContextVar("current")


def context_variable() -> Sequence[Awaitable[None]]:
    """A mutable value in a context variable that was set before the tasks were made, so they share it."""
    current.set([""])

    async def visit(user: str, steps: int) -> None:
        for _ in range(steps):
            await asyncio.sleep(0)
        current.get()[0] = user
        await asyncio.sleep(0)
        check(user, current.get()[0])

    return [visit(user, place) for place, user in enumerate(THREE)]


class Cursor:
    """Executes and fetches in two awaits, as drivers do."""

    rows: list[str]

    async def execute(self, user: str) -> None:
        await asyncio.sleep(0)
        self.rows = [user]

    async def fetchone(self) -> str:
        await asyncio.sleep(0)
        return self.rows[0]


def shared_cursor() -> Sequence[Awaitable[None]]:
    """One cursor for all users: the rows of the last `execute` are what everybody fetches."""
    cursor = Cursor()

    async def visit(user: str, steps: int) -> None:
        for _ in range(steps):
            await asyncio.sleep(0)
        await cursor.execute(user)
        check(user, await cursor.fetchone())

    return [visit(user, 3 * place) for place, user in enumerate(THREE)]


@dataclass(frozen=True, slots=True)
class Bug:
    """A planted bug, and what the research page measured for it: schedules of its best strategy."""

    name: str
    users: Users
    amplified: Users | None = None


BUGS = (
    Bug("self.user race, skewed by a step", skewed_by_steps),
    Bug("self.user race, skewed by 10 ms", skewed_by_time),
    Bug("self.user race, the await is a mock", awaited_mock, lambda: awaited_mock(amplified=True)),
    Bug("check-then-act cache", check_then_act),
    Bug("depth 3", depth_three),
    Bug("context variable shared by tasks", context_variable),
    Bug("shared cursor", shared_cursor),
)


def scenario_of(users: Users) -> Any:
    """Give the explorer's scenario: every user a handler."""

    async def scenario(run: Any) -> None:
        coroutines = users()
        run.begin()
        for number, coroutine in enumerate(coroutines):
            run.handler(f"user{number}", coroutine)
        await run.all()

    return scenario


def by_gather(users: Users) -> int | None:
    """Give in which of GATHERS runs on asyncio's own loop it showed."""

    async def together() -> None:
        await asyncio.gather(*users())

    for number in range(1, GATHERS + 1):
        try:
            asyncio.run(together())
        except AssertionError:
            return number
    return None


def by_strategies(
    users: Users, strategies: Sequence[Strategy] | None, seed: int, most: int, *, amplify: bool = False
) -> int | None:
    """Give in which schedule it was found, without the plain run that is always made first and twice."""
    found = explore(
        scenario_of(users),
        schedules=most + 2,
        strategies=strategies,
        cancel=False,
        seed=seed,
        amplify=amplify,
    )
    for failure in found.failures or found.conditional:
        return max(1, failure.found_at - 2)
    return None


def by_simloom(users: Users, seed: int) -> int | None:
    """Give in which of simloom's runs it was found."""
    simloom = import_module("simloom")

    async def together() -> None:
        await asyncio.gather(*users())

    for number in range(MOST):
        if simloom.explore(together, runs=1, start_seed=seed * 10_000 + number).failures:
            return number + 1
    return None


def by_simloop(users: Users, seed: int) -> int | None:
    """Give in which of simloop's runs it was found."""
    simloop = import_module("simloop")

    async def together() -> None:
        await asyncio.gather(*users())

    for number in range(MOST):
        if simloop.explore(together, [seed * 10_000 + number]) is not None:
            return number + 1
    return None


def said(finds: Sequence[int | None]) -> str:
    """Give the mean of what was found, with how often."""
    found = [find for find in finds if find is not None]
    if not found:
        return f"0/{len(finds)}" if len(finds) > 1 else "never"
    much = f"{mean(found):.1f}" if len(finds) > 1 else str(found[0])
    return much if len(found) == len(finds) else f"{much} ({len(found)}/{len(finds)})"


def row(bug: Bug, repeats: int, peers: Sequence[str]) -> list[str]:
    """Search one bug by everything."""
    seeds = range(repeats)
    explored = bug.amplified or bug.users
    amplify = bug.amplified is not None
    search = lambda made, seed, most: by_strategies(explored, made, seed, most, amplify=amplify)  # noqa: E731
    cells = [
        said([by_gather(bug.users)]),
        said([search([RandomWalk(seed * 10_000)], seed * 10_000, MOST) for seed in seeds]),
        said([search([Pct(seed * 10_000)], seed * 10_000, MOST) for seed in seeds]),
        said([search([DelaySweep(2)], 0, SYSTEMATIC)]),
        said([search(None, seed * 10_000, MOST) for seed in seeds]),
    ]
    few = range(min(repeats, 10))
    if "simloom" in peers:
        cells.append(said([by_simloom(bug.users, seed) for seed in few]))
    if "simloop" in peers:
        cells.append(said([by_simloop(bug.users, seed) for seed in few]))
    return [bug.name, *cells]


def main() -> int:
    """Print the table; exit 1 when the portfolio missed a bug."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two searches instead of twenty")
    parser.add_argument("--bug", help="only those whose name has this in it")
    options = parser.parse_args()
    peers = []
    for name in ("simloom", "simloop"):
        try:
            import_module(name)
            peers.append(name)
        except ImportError:
            print(f"{name} is not installed for this Python")
    print(f"Python {platform.python_version()}")
    heads = ["bug", f"plain gather x{GATHERS}", "random walk", "pct d=3", "delays <= 2", "portfolio", *peers]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    missed = 0
    for bug in BUGS:
        if options.bug and options.bug not in bug.name:
            continue
        cells = row(bug, 2 if options.quick else 20, peers)
        missed += cells[5].startswith(("0/", "never"))
        print("| " + " | ".join(cells) + " |", flush=True)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
