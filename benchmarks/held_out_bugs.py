"""Planted bugs that the explorer's strategies were not tuned on; written before they were searched first.

Each gives the coroutines of its users, who raise AssertionError when one gets what is another's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

from benchmarks.planted_bugs import Bug, check

FOUR = ("alice", "bob", "carol", "dave")


async def steps(number: int) -> None:
    """Let others run so often."""
    for _ in range(number):
        await asyncio.sleep(0)


def peeked_pool() -> Sequence[Awaitable[None]]:
    """The free connection is looked at, pinged, and only then taken out: two users may take one."""

    class Connection:
        reply = ""

        async def ping(self) -> None:
            await steps(1)

        async def ask(self, user: str) -> str:
            self.reply = user
            await steps(1)
            return self.reply

    free = [Connection()]

    async def visit(user: str, late: int) -> None:
        await steps(late)
        connection = free[-1] if free else Connection()
        await connection.ping()
        if connection in free:
            free.remove(connection)
        check(user, await connection.ask(user))
        free.append(connection)

    return [visit(user, 9 * place) for place, user in enumerate(FOUR)]


def reused_session_id() -> Sequence[Awaitable[None]]:
    """A session is looked up, its owner checked, and after an await read; ids are given anew meanwhile."""
    sessions: dict[int, str] = {1: "alice"}

    async def reader() -> None:
        await steps(3)
        if sessions.get(1) == "alice":
            await steps(1)
            check("alice", sessions.get(1, "alice"))

    async def log_out() -> None:
        await steps(9)
        sessions.pop(1, None)

    async def log_in(user: str) -> None:
        await steps(2)
        await steps(3)
        sessions[max(sessions, default=0) + 1] = user

    return [reader(), log_out(), log_in("bob")]


def shifted_batch() -> Sequence[Awaitable[None]]:
    """Keys are gathered for one query; answers are given by place, and the list goes on growing."""
    keys: list[str] = []
    answers: dict[str, str] = {}

    async def dispatch() -> None:
        asked = keys
        await steps(2)
        found = [f"row of {key}" for key in asked]
        await steps(1)
        keys.sort()
        answers.update(zip(keys, found, strict=False))
        keys.clear()

    async def visit(user: str, late: int) -> None:
        await asyncio.sleep(0.02 * late)
        keys.append(user)
        if len(keys) == 1:
            await dispatch()
        else:
            await steps(6)
        check(f"row of {user}", answers.pop(user, f"row of {user}"))

    return [visit(user, place) for place, user in enumerate(reversed(FOUR))]


def late_reply() -> Sequence[Awaitable[None]]:
    """Replies come in order; who waits too long leaves the queue, and his reply goes to the next."""
    waiting: list[asyncio.Future[str]] = []

    async def answer(user: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        while waiting:
            future = waiting.pop(0)
            if not future.done():
                future.set_result(user)
                return

    async def ask(user: str) -> str:
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        waiting.append(future)
        task = asyncio.ensure_future(answer(user, 0.04))
        try:
            return await asyncio.wait_for(future, 0.05)
        except TimeoutError:
            return user
        finally:
            await task

    async def visit(user: str, place: int) -> None:
        await asyncio.sleep(0.1 * place)
        check(user, await ask(user))

    return [visit(user, place) for place, user in enumerate(FOUR[:3])]


def reused_event() -> Sequence[Awaitable[None]]:
    """A result is announced by an event that everybody shares; it may be another's when the waiter wakes."""
    shared: dict[str, Any] = {"event": asyncio.Event(), "result": ""}

    async def work(user: str) -> None:
        await steps(2)
        shared["result"] = user
        shared["event"].set()

    async def visit(user: str, late: int) -> None:
        await steps(late)
        shared["event"].clear()
        task = asyncio.ensure_future(work(user))
        await shared["event"].wait()
        check(user, shared["result"])
        await task

    return [visit(user, 12 * place) for place, user in enumerate(FOUR[:3])]


def evicted_lock() -> Sequence[Awaitable[None]]:
    """A lock is dropped by who leaves it, though others wait for it: a third makes a new one."""
    locks: dict[str, asyncio.Lock] = {}
    buffer: list[str] = []

    async def visit(user: str, late: int) -> None:
        await steps(late)
        lock = locks.setdefault("document", asyncio.Lock())
        async with lock:
            buffer[:] = [user]
            await steps(2)
            check(user, buffer[0])
        locks.pop("document", None)

    return [visit(user, 4 * place) for place, user in enumerate(FOUR)]


def long_window() -> Sequence[Awaitable[None]]:
    """A value is set, used ten awaits later; the other one arrives forty steps later."""
    state = {"user": ""}

    async def visit(user: str, late: int) -> None:
        await steps(late)
        state["user"] = user
        await steps(10)
        check(user, state["user"])

    return [visit("alice", 0), visit("bob", 40)]


def short_window() -> Sequence[Awaitable[None]]:
    """A window of one await in the midst of a long request; others come 50 ms later each."""
    state = {"user": ""}

    async def visit(user: str, place: int) -> None:
        await asyncio.sleep(0.05 * place)
        await steps(15)
        state["user"] = user
        await steps(1)
        check(user, state["user"])
        await steps(15)

    return [visit(user, place) for place, user in enumerate(FOUR[:3])]


def unlike_handlers() -> Sequence[Awaitable[None]]:
    """A login and a profile page, which are different code, meet in a variable for one await."""
    state = {"user": "alice"}

    async def profile() -> None:
        await steps(2)
        state["user"] = "alice"
        await steps(1)
        check("alice", state["user"])
        await steps(12)

    async def log_in() -> None:
        await steps(20)
        state["user"] = "bob"
        await steps(3)

    async def health() -> None:
        await steps(10)

    return [profile(), log_in(), health()]


def four_events() -> Sequence[Awaitable[None]]:
    """Four events of four users in one order, each in a window of one await."""
    state = {"a": "", "b": "", "c": ""}

    async def alice() -> None:
        await steps(2)
        state["a"] = "open"
        await steps(1)
        got, state["a"] = state["c"], ""
        check("alice", got or "alice")

    async def bob() -> None:
        await steps(5)
        state["b"] = "dave" if state["a"] else ""
        await steps(1)
        state["b"] = ""

    async def carol() -> None:
        await steps(4)
        state["c"] = state["b"]

    async def dave() -> None:
        await steps(3)

    return [alice(), bob(), carol(), dave()]


HELD_OUT = (
    Bug("pool looked at before it is taken from", peeked_pool),
    Bug("session id given anew", reused_session_id),
    Bug("batch shifted by who comes late", shifted_batch),
    Bug("late reply on one connection", late_reply),
    Bug("one event for all", reused_event),
    Bug("lock dropped while others wait", evicted_lock),
    Bug("window of ten awaits, 40 steps apart", long_window),
    Bug("window of one await, 50 ms apart", short_window),
    Bug("two handlers that are unlike", unlike_handlers),
    Bug("four events in one order", four_events),
)
