"""What canaries cost: finding them in a body, and a watch's share of a request that works for 1 ms.

Times are the processor's, since others may use the machine too; the sides take turns.

Run: python -m benchmarks.canary [--quick]
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
import uuid
from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks.ratio import Row
from cellwall.canary import CanaryBook, Watch, call_watched, viewing

USERS = 1_000
MEGABYTE = 1_000_000
REQUEST = 1e-3  # seconds that a request works

Call = Callable[[], object]


def body_of(size: int) -> bytes:
    """Make JSON of about this size, as a service answers it: ids, dates, sentences."""
    row = {"id": str(id_of(0)), "title": "meeting with somebody", "done": False, "at": "2024-01-01T00:00:00"}
    return json.dumps([row] * (size // 100)).encode()[:size]


def id_of(number: int) -> uuid.UUID:
    """Give an id as services make them, the same in every run."""
    return uuid.uuid5(uuid.NAMESPACE_URL, str(number))


def processor_time(sides: dict[str, Call], *, rounds: int, calls: int) -> dict[str, float]:
    """Give each side's median processor time of one call in seconds; the sides take turns."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(rounds):
        for name in sorted(sides, reverse=bool(turn % 2)):
            start = time.process_time()
            for _ in range(calls):
                sides[name]()
            times[name].append((time.process_time() - start) / calls)
    return {name: median(values) for name, values in times.items()}


def _books() -> dict[str, CanaryBook]:
    plain, claimed, encoded = CanaryBook(1), CanaryBook(1), CanaryBook(1, encoded=True)
    for number in range(USERS):
        for book in (plain, claimed, encoded):
            book.issue(f"u{number}")
        claimed.claim(f"u{number}", str(id_of(number + 1)))
    return {"prefix": plain, "claims": claimed, "encoded": encoded}


def measure(quick: bool) -> list[Row]:
    """Measure: per megabyte, per 2 kB body, and the share of a request of 1 ms."""
    rounds = 5 if quick else 21
    books = _books()
    return [*_per_megabyte(books, rounds), *_per_request(books, rounds)]


def _per_megabyte(books: dict[str, CanaryBook], rounds: int) -> list[Row]:
    body = body_of(MEGABYTE)
    pattern = re.compile("|".join(str(id_of(number + 1)) for number in range(20)).encode())
    took = processor_time(
        {name: lambda book=book: book.owners_in(body) for name, book in books.items()}  # type: ignore[misc]
        | {"pattern": lambda: pattern.search(body)},
        rounds=rounds,
        calls=3,
    )
    ratio = took["claims"] / took["pattern"]
    return [
        Row("a megabyte: canaries of 1,000 users", took["prefix"] * 1e3, "ms", "", True),
        Row("a megabyte: nine disguises and three hashes of each", took["encoded"] * 1e3, "ms", "", True),
        Row("a megabyte: 1,000 claimed ids", took["claims"] * 1e3, "ms", "", True),
        Row("1,000 claimed ids over 20 ids in one pattern", ratio, "x", "< 1", ratio < 1),
    ]


def _per_request(books: dict[str, CanaryBook], rounds: int) -> list[Row]:
    small = body_of(2_000)
    took = processor_time(
        {name: lambda book=book: book.owners_in(small) for name, book in books.items()},  # type: ignore[misc]
        rounds=rounds,
        calls=200,
    )
    share = took["prefix"] / REQUEST * 100
    rows = [Row("2 kB searched, of a request of 1 ms", share, "%", "< 1", share < 1, "1,000 users")]
    claimed = took["claims"] / REQUEST * 100
    rows.append(Row("2 kB searched for 1,000 claimed ids too", claimed, "%", "", True))
    whole = _watched_call(books["prefix"], small, rounds) / REQUEST * 100
    rows.append(Row("all sinks around a call, of a request of 1 ms", whole, "%", "", True))
    return rows


def _watched_call(book: CanaryBook, body: bytes, rounds: int) -> float:
    """Give the seconds that all sinks add to a call of an application with headers and a body of 2 kB."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2000"), (b"x-request", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None: ...

    scope = {"type": "http", "method": "GET", "path": "/notes", "headers": [], "query_string": b""}
    with asyncio.Runner() as runner, Watch(book) as watch, viewing("u1"):

        async def many(call: Any) -> None:
            for _ in range(100):
                await call(scope, receive, send)

        async def watched(*channels: Any) -> None:
            await call_watched(app, *channels)

        sides: dict[str, Call] = {
            "bare": lambda: runner.run(many(app)),
            "watched": lambda: runner.run(many(watched)),
        }
        took = processor_time(sides, rounds=rounds, calls=3)
        assert watch.sightings == []
    return (took["watched"] - took["bare"]) / 100


if __name__ == "__main__":
    for row in measure("--quick" in sys.argv):
        print(row)
