"""How a measured server is driven: orders come on its standard input, answers go to its standard output.

Orders: `go USERS COUNT` (send COUNT events, to one user after the other; answers the processor time it took),
`beside USERS COUNT` (the same, each followed by one to the user who never reads), `unread COUNT` (to that
user alone), `memory` (answers it in KiB). The end of the input ends the server.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

Send = Callable[[str, dict[str, object]], Awaitable[object]]

TURN = 64  # after so many events every server gives its loop a turn, as a service does between two requests


def tick(number: int) -> dict[str, object]:
    """Give the event that all servers send; its size does not depend on the number."""
    return {"event": "tick", "data": {"number": 1_000_000 + number, "text": "x" * 64}}


async def serve_orders(port: int, send: Send) -> None:
    """Say which port is served, then follow orders until the input ends."""
    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    answer(str(port))
    while line := await orders.readline():
        match line.decode().split():
            case ["go", users, count]:
                spent = time.process_time()
                await send_all(send, int(users), int(count))
                answer(str(time.process_time() - spent))
            case ["beside", users, count]:
                await send_all(send, int(users), int(count), beside=["unread"])
                answer("sent")
            case ["unread", count]:
                await send_all(send, 0, int(count), beside=["unread"])
                answer("sent")
            case ["memory"]:
                answer(str(resident_kib()))


async def send_all(send: Send, users: int, count: int, beside: Sequence[str] = ()) -> None:
    """Send `count` events round robin, and one to each of `beside` after every one."""
    names = [f"user-{number}" for number in range(users)]
    for number in range(count):
        if names:
            await send(names[number % users], tick(number))
        for name in beside:
            await send(name, tick(number))
        if number % TURN == 0:
            await asyncio.sleep(0)


def answer(text: str) -> None:
    """Write one line to whoever drives this server."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def resident_kib() -> int:
    """Give the memory that this process has in RAM."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024
