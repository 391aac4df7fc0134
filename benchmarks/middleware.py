"""What the middleware adds to a request: context, rate limit and a token from the cache; no log is written.

A limit in microseconds is for an idle machine. On a busy one everything takes longer by about the same
factor, so a time is judged after division by it: how much longer a frozen dataclass takes here, in the same
turns, than the 0.370 us of the idle machine of the research page. Turns are short: a long one would mostly
measure who else was given the processor meanwhile.

Run: python -m benchmarks.middleware [--quick]
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import uvicorn
from fastapi import FastAPI

from benchmarks.ratio import Row, interleaved, interleaved_async, missing
from benchmarks.sides import ratio
from cellwall.runtime.limits import MemoryRateLimiter, Rate
from cellwall.runtime.tokens import TokenIssuer
from cellwall.runtime.web import CellwallMiddleware

MICRO = 1e6
IDLE_DATACLASS = 0.370e-6  # seconds; Python 3.11.7, nothing else running
LIMIT = 2.5  # us a request
OF_HELLO = 4.0  # percent of a FastAPI hello on uvicorn, the wall's own time alone: 2.5 of 66 us
OF_MILLISECOND = 1.0  # percent of a request that takes 1 ms

Side = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Frozen:
    """The measure of how busy the machine is."""

    first: str
    second: str | None = None
    third: str | None = None
    fourth: str | None = None


async def _ten_dataclasses() -> None:
    for _ in range(10):
        Frozen("first", "second", "third")


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """Answer as small as an application can."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"hello"})


def fastapi_hello() -> FastAPI:
    """Make FastAPI's smallest application."""
    app = FastAPI()

    @app.get("/")
    async def answer() -> dict[str, str]:
        return {"hello": "world"}

    return app


def walled(app: Any, limit_headers_below: float = 1.0) -> tuple[Any, str]:
    """Put the wall around an application, and give a good token."""
    issuer = TokenIssuer(b"k" * 32)
    wall = CellwallMiddleware(
        app,
        tokens=issuer,
        limiter=MemoryRateLimiter(Rate(10**6, seconds=1, burst=1000)),
        limit_headers_below=limit_headers_below,
    )
    return wall, issuer.generate_token("user-12345")


def headers(token: str) -> list[tuple[bytes, bytes]]:
    """Give the headers that a usual client sends."""
    usual = {
        "host": "here",
        "user-agent": "x",
        "accept": "*/*",
        "accept-encoding": "gzip, br",
        "connection": "keep-alive",
    }
    given = [(name.encode(), value.encode()) for name, value in usual.items()]
    return [*given, (b"authorization", f"Bearer {token}".encode())]


def request(app: Any, token: str) -> Side:
    """Make a request without a network: what it takes is the application's own time."""
    scope: dict[str, Any] = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": "/", "raw_path": b"/",
        "root_path": "", "scheme": "http", "query_string": b"",
        "headers": headers(token), "client": None, "server": None,
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        pass

    def ask() -> Awaitable[object]:
        awaitable: Awaitable[object] = app(dict(scope), receive, send)
        return awaitable

    return ask


WITHOUT, WITH, FIELDS = "without", "with", "with limit fields"
FIELDS_BELOW = {WITH: 0.5, FIELDS: 1.0}  # of the burst; the clients never use half of it


def _serve(listening: socket.socket, ready: Connection, side: str) -> None:
    app: Any = fastapi_hello()
    config = uvicorn.Config(
        walled(app, FIELDS_BELOW[side])[0] if side in FIELDS_BELOW else app,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
    )
    server = uvicorn.Server(config)
    ready.send(os.getpid())
    server.run(sockets=[listening])  # by itself `serve` would run in the loop that is there, asyncio's


class Served:
    """A FastAPI hello in a uvicorn of its own, with 50 clients that send a good token."""

    def __init__(self, stack: ExitStack, side: str) -> None:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        process = context.Process(target=_serve, args=(listening, there, side), daemon=True)
        process.start()
        stack.callback(process.join, 10)
        stack.callback(process.terminate)
        self._spent = Path(f"/proc/{here.recv()}/schedstat")
        address = listening.getsockname()
        self._clients = [stack.enter_context(socket.create_connection(address)) for _ in range(50)]
        lines = [b"%s: %s" % header for header in headers(walled(fastapi_hello())[1])]
        self._request = b"\r\n".join([b"GET / HTTP/1.1", *lines, b"", b""])

    def ask(self) -> float:
        """Send one request on each connection; give the seconds of the server's processor for each."""
        before = self._nanoseconds()
        for client in self._clients:
            client.sendall(self._request)
        for client in self._clients:
            while not client.recv(4096).endswith(b"}"):
                pass
        return (self._nanoseconds() - before) / 1e9 / len(self._clients)

    def _nanoseconds(self) -> int:
        return int(self._spent.read_text().split()[0])


def hello_on_uvicorn(sets: int, rounds: int) -> list[dict[str, float]]:
    """Give, for each set of servers, the seconds that a hello takes without and with the wall, in turns.

    Every side gets the same bytes. In a turn each is asked twice, and the second time counts: a server at
    work finds its code in the processor's caches. It is the first decile, as in `benchmarks.sides`. A set
    differs from the next by where things lie in memory.
    """
    names = (WITHOUT, WITH, FIELDS)
    found = []
    for _ in range(sets):
        with ExitStack() as stack:
            sides = {name: Served(stack, name) for name in names}
            times: dict[str, list[float]] = {name: [] for name in sides}
            for turn in range(-10, rounds):
                for name in names[turn % 3 :] + names[: turn % 3]:
                    sides[name].ask()
                    spent = sides[name].ask()
                    if turn >= 0:
                        times[name].append(spent)
            found.append({name: quantiles(values, n=10)[0] for name, values in times.items()})
    return found


def added(app: Any, rounds: int, calls: int) -> tuple[dict[str, float], float]:
    """Give the median seconds of a request without and with the wall, in turns, and how busy it was."""
    wall, token = walled(app)
    sides = {"without": request(app, token), "with": request(wall, token), "busy": _ten_dataclasses}
    times = asyncio.run(interleaved_async(sides, rounds=rounds, calls=calls))
    return times, max(times.pop("busy") / 10 / IDLE_DATACLASS, 1.0)


def measure(quick: bool = False) -> list[Row]:
    """Measure what the wall adds, and compare it with what requests take anyway."""
    rounds = 400 if quick else 4000
    rows = []
    times, busy = added(hello, rounds, 15)
    extra = (times["with"] - times["without"]) * MICRO
    idle = extra / busy
    note = f"here {times['without'] * MICRO:.2f} -> {times['with'] * MICRO:.2f} us, {busy:.1f}x busy"
    rows.append(
        Row("middleware: added to a raw ASGI hello", idle, "us when idle", f"<= {LIMIT}", idle <= LIMIT, note)
    )
    framework, _ = added(fastapi_hello(), rounds // 4, 4)
    percent = 100 * (framework["with"] / framework["without"] - 1)
    note = f"{framework['without'] * MICRO:.1f} -> {framework['with'] * MICRO:.1f} us, no server, no sockets"
    rows.append(Row("middleware: of a FastAPI hello, in process", percent, "%", "", True, note))
    hello_row = "middleware: of a FastAPI hello on uvicorn"
    if sys.platform != "linux" or find_spec("uvloop") is None or find_spec("httptools") is None:
        rows.append(missing(hello_row, "it needs Linux, uvloop and httptools"))
    else:
        served = hello_on_uvicorn(*((1, 40) if quick else (7, 200)))
        percent = 100 * extra / (median(one[WITHOUT] for one in served) * MICRO)
        note = "the figures of the first row, as both are here"
        name = f"middleware: added to a raw ASGI hello, {hello_row.partition(': ')[2]}"
        rows.append(Row(name, percent, "%", f"< {OF_HELLO}", percent < OF_HELLO, note))
        for side, row in ((WITH, hello_row), (FIELDS, f"{hello_row}, limit fields in all responses")):
            value, note = ratio(served, side, WITHOUT)
            percent = 100 * (value - 1)
            rows.append(Row(row, percent, "%", "", True, f"{note}; no limit: uvicorn's own work is in it"))
    percent = idle / 10
    rows.append(
        Row("middleware: of a request of 1 ms", percent, "%", f"< {OF_MILLISECOND}", percent < OF_MILLISECOND)
    )
    return [*rows, *parts(quick)]


def parts(quick: bool = False) -> list[Row]:
    """Measure what the wall is made of, beside what it replaces."""
    issuer = TokenIssuer(b"k" * 32)
    uncached = TokenIssuer(b"k" * 32, cached=0)
    token = issuer.generate_token("user-12345")
    limiter = MemoryRateLimiter(Rate(10**9, seconds=1))
    sides: dict[str, Callable[[], object]] = {
        "a token from the cache": lambda: issuer.verify(token),
        "a token not seen before": lambda: uncached.verify(token),
        "a rate limit in memory": lambda: limiter.take("user-12345"),
    }
    peer = "a rate limit in memory by `limits`"
    if find_spec("limits") is not None:
        sides[peer] = _peer()
    times = interleaved(sides, rounds=101 if quick else 501, calls=5)
    rows = [Row(f"middleware: {name}", value * MICRO, "us", "", True) for name, value in times.items()]
    return rows if peer in sides else [*rows, missing(f"middleware: {peer}", "limits is not installed")]


def _peer() -> Callable[[], object]:
    from limits import parse  # noqa: PLC0415  # a peer, where it is installed
    from limits.storage import MemoryStorage  # noqa: PLC0415
    from limits.strategies import FixedWindowRateLimiter  # noqa: PLC0415

    limiter, rate = FixedWindowRateLimiter(MemoryStorage()), parse("1000000/second")
    return lambda: limiter.hit(rate, "user-12345")


if __name__ == "__main__":
    for line in measure("--quick" in sys.argv):
        print(line)
