"""What exploring costs, beside simloom and simloop: `python -m benchmarks.explore [--quick]`.

Times are the process's own CPU time, the sides take turns, medians are compared. The peers need Python 3.12
and `pip install simloom simloop`; without them their lines say so. Run it with PYTHONPATH=src.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from statistics import median
from typing import Any

from benchmarks.ratio import Row, interleaved, missing
from cellwall.explore import Run, explore
from cellwall.explore.machine import Machine
from cellwall.explore.strategies.cancellation_sweep import CancellationSweep
from cellwall.explore.strategies.pct import Pct
from cellwall.explore.strategies.random_walk import RandomWalk
from cellwall.explore.strategies.strategy import Strategy

USERS, AWAITS = 10, 5


async def user() -> None:
    """A request with a few awaits."""
    for _ in range(AWAITS):
        await asyncio.sleep(0)


async def ten_users(run: Run) -> None:
    """The same work as `peers_work`, as the explorer's scenario."""
    run.begin()
    for number in range(USERS):
        run.handler(f"user{number}", user())
    await run.all()


async def peers_work() -> None:
    """The same work for a peer."""
    await asyncio.gather(*(asyncio.ensure_future(user()) for _ in range(USERS)))


def walking(strategy: Strategy) -> Callable[[], None]:
    """Give a call that makes one run of the strategy."""
    machine = Machine(ten_users)

    def one() -> None:
        outcome = machine.run(strategy.plan())  # type: ignore[arg-type]
        strategy.learn(outcome)

    return one


def peers(schedules: int) -> dict[str, Callable[[], Any]]:
    """Give a call for each peer that is installed; it makes so many runs."""
    sides: dict[str, Callable[[], Any]] = {}
    try:
        simloom = import_module("simloom")
        sides["simloom"] = lambda: simloom.explore(peers_work, runs=schedules)
    except ImportError:
        pass
    try:
        simloop = import_module("simloop")
        sides["simloop"] = lambda: simloop.explore(peers_work, range(schedules))
    except ImportError:
        pass
    return sides


def speed(quick: bool) -> list[Row]:
    """Measure schedules a second of ten users with five awaits."""
    number = 20 if quick else 100
    walk, pct = walking(RandomWalk()), walking(Pct())
    sides: dict[str, Callable[[], Any]] = {
        "random walk": lambda: [walk() for _ in range(number)],
        "pct": lambda: [pct() for _ in range(number)],
        "explore": lambda: explore(ten_users, schedules=number),
        **peers(number),
    }
    took = interleaved(sides, rounds=3 if quick else 9, calls=1, clock=time.process_time)
    rates = {name: number / seconds for name, seconds in took.items()}
    times = rates["random walk"] / rates["simloom"] if "simloom" in rates else 0.0
    rows = [
        Row("10 users x 5 awaits, random walk", rates["random walk"], "schedules/s", ">= 5000 or 15x",
            rates["random walk"] >= 5000 or times >= 15),
        Row("10 users x 5 awaits, pct", rates["pct"], "schedules/s", "", True),
        Row("10 users x 5 awaits, the whole portfolio", rates["explore"], "schedules/s", "", True),
    ]  # fmt: skip
    for name in ("simloom", "simloop"):
        if name in rates:
            rows.append(Row(f"10 users x 5 awaits, {name}", rates[name], "schedules/s", "", True))
            rows.append(Row(f"times {name}", rates["random walk"] / rates[name], "x", "", True))
        else:
            rows.append(missing(f"10 users x 5 awaits, {name}", f"{name} is not installed for this Python"))
    return rows


def fastapi_scenario() -> Callable[[Run], Awaitable[object]]:
    """Give a scenario of ten requests to a FastAPI application through the bare ASGI interface."""
    fastapi = import_module("fastapi")
    app = fastapi.FastAPI()

    async def current_user(authorization: str = fastapi.Header()) -> str:
        await asyncio.sleep(0)
        return authorization

    @app.get("/notes/{number}")
    async def notes(number: int, user: str = fastapi.Depends(current_user)) -> dict[str, str]:
        await asyncio.sleep(0)
        return {"note": f"{number} of {user}"}

    async def request(name: str) -> bytes:
        body = b""

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            nonlocal body
            body += message.get("body", b"")

        headers = [(b"host", b"test"), (b"authorization", name.encode())]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
            "path": "/notes/7", "raw_path": b"/notes/7", "query_string": b"", "headers": headers,
            "scheme": "http", "server": ("test", 80), "client": ("test", 1), "root_path": "", "state": {},
        }  # fmt: skip
        await app(scope, receive, send)
        assert body == f'{{"note":"7 of {name}"}}'.encode(), body
        return body

    async def scenario(run: Run) -> None:
        run.begin()
        for number in range(10):
            run.handler(f"user{number}", request(f"user{number}"))
        await run.all()

    return scenario


def fastapi_speed(quick: bool) -> list[Row]:
    """Measure schedules of ten requests a second through the bare ASGI interface."""
    name = "FastAPI, 10 requests by a bare ASGI client"
    try:
        scenario = fastapi_scenario()
    except ImportError:
        return [missing(name, "fastapi is not installed for this Python")]
    number = 20 if quick else 100
    found = explore(scenario, schedules=number)
    assert found.clean, found
    machine, strategy = Machine(scenario), RandomWalk()

    def runs() -> None:
        for _ in range(number):
            strategy.learn(machine.run(strategy.plan()))

    took = interleaved({"fastapi": runs}, rounds=3 if quick else 9, calls=1, clock=time.process_time)
    return [Row(name, number / took["fastapi"], "schedules/s", ">= 400", number / took["fastapi"] >= 400)]


class Desk:
    """Keeps the user on itself across an await."""

    user = ""


async def at_one_desk(run: Run) -> None:
    """Ten users at one desk, with awaits around the race."""
    desk = Desk()

    async def visit(name: str) -> None:
        for _ in range(AWAITS):
            await asyncio.sleep(0)
        desk.user = name
        await asyncio.sleep(0)
        assert desk.user == name
        for _ in range(AWAITS):
            await asyncio.sleep(0)

    async def arrive(number: int) -> None:
        for _ in range(3 * number):
            await asyncio.sleep(0)
        await visit(f"user{number}")

    run.begin()
    for number in range(USERS):
        run.handler(f"user{number}", arrive(number))
    await run.all()


def shrinking(quick: bool) -> list[Row]:
    """Measure how long a long failing schedule takes to shrink."""
    from cellwall.explore.shrink import shrink  # noqa: PLC0415
    from cellwall.explore.telling import plan_of  # noqa: PLC0415

    machine, took, before, after, runs = Machine(at_one_desk), [], [], [], []
    for seed in range(5 if quick else 21):
        found = machine.run(RandomWalk(seed).plan(), record=True)
        if not found.failed:
            continue
        start = time.process_time()
        best, made = shrink(found, lambda schedule: machine.run(plan_of(schedule), record=True))
        took.append(time.process_time() - start)
        before.append(found.schedule.size)
        after.append(best.schedule.size)
        runs.append(made)
    note = f"{median(before):.0f} -> {median(after):.0f} deviations in {median(runs):.0f} runs"
    return [Row("shrinking", median(took), "s", "< 0.1", median(took) < 0.1, note)]


async def fifty_awaits(run: Run) -> None:
    """One handler with fifty awaits."""

    async def handler() -> None:
        for _ in range(50):
            await asyncio.sleep(0.001)

    run.begin()
    run.handler("alice", handler())
    await run.all()


def sweeping(quick: bool) -> list[Row]:
    """Measure how long all cancellation points of a handler with fifty awaits take."""
    took, points = [], 0
    for _ in range(1 if quick else 5):
        start = time.process_time()
        found = explore(fifty_awaits, schedules=10_000, strategies=[CancellationSweep()])
        took.append(time.process_time() - start)
        assert found.clean
        assert found.certificate.swept == found.certificate.points
        points = found.certificate.points
    return [Row("every cancellation of a handler with 50 awaits", median(took), "s", "< 1",
                median(took) < 1, f"{points} points")]  # fmt: skip


def measure(quick: bool) -> list[Row]:
    """Give every line."""
    return [*speed(quick), *fastapi_speed(quick), *shrinking(quick), *sweeping(quick)]


def main() -> int:
    """Print every line; exit 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, to see that it works")
    quick = parser.parse_args().quick
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    rows = measure(quick)
    for row in rows:
        print(row)
    return int(not all(row.met for row in rows if row.measured))


if __name__ == "__main__":
    sys.exit(main())
