"""A gate that one task waits at until another opens it."""

import asyncio
from typing import Final, final

MOST_CANCELLATIONS: Final = 2


@final
class Gate:
    """Cheaper than an `asyncio.Event`, of which each user would need four; for one waiting task at a time."""

    __slots__ = ("_waiting", "is_open")

    def __init__(self) -> None:
        self.is_open: bool = False
        self._waiting: asyncio.Future[None] | None = None

    def open(self) -> None:
        """Let through who waits, and who comes."""
        self.is_open = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def wait(self) -> None:
        """Wait until it is open; one cancellation ends no user between its phases, many end everything."""
        cancelled = 0
        while not self.is_open:
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                await self._waiting
            except asyncio.CancelledError:
                cancelled += 1
                if cancelled > MOST_CANCELLATIONS:
                    raise
                task = asyncio.current_task()
                if task is not None:
                    task.uncancel()
