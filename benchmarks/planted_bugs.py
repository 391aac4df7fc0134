"""Seven planted bugs, by which the explorer's strategies are compared and on which they were tuned."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from unittest.mock import AsyncMock

from cellwall.explore.amplify import amplified_code

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
    """A planted bug: its users, and the same with amplified awaits where only these show it.

    `asked` is the mean number of schedules within which it is to be found, in at least the share `often` of
    the searches.
    """

    name: str
    users: Users
    amplified: Users | None = None
    asked: float = 400.0
    often: float = 1.0


BUGS = (
    Bug("self.user race, skewed by a step", skewed_by_steps, asked=1.2),
    Bug("self.user race, skewed by 10 ms", skewed_by_time, asked=1.95),
    Bug("self.user race, the await is a mock", awaited_mock, lambda: awaited_mock(amplified=True), asked=1.0),
    Bug("check-then-act cache", check_then_act, asked=2.65),
    Bug("depth 3", depth_three, asked=400.0, often=11 / 20),
    Bug("context variable shared by tasks", context_variable),
    Bug("shared cursor", shared_cursor),
)
