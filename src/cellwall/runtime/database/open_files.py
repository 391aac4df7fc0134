"""How many files may be open at once: who comes later waits for a while, in order."""

import asyncio
from collections import deque
from threading import Lock
from typing import Final, final

from cellwall.runtime.errors import StoreUnavailableError

_Waiter = tuple[asyncio.AbstractEventLoop, "asyncio.Future[None]"]


@final
class OpenFiles:
    """Counts open connections of all owners; may be given back from any thread.

    Args:
        limit: how many may be open; each holds three files and a thread.
        seconds: how long one more may wait.
    """

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit: Final = limit
        self._seconds = seconds
        self._free = limit
        self._waiting: deque[_Waiter] = deque()
        self._lock = Lock()

    @property
    def wanted(self) -> bool:
        """Whether somebody waits."""
        return bool(self._waiting)

    def try_take(self) -> bool:
        """Take one if there is one and nobody waits for it."""
        with self._lock:
            if self._free and not self._waiting:
                self._free -= 1
                return True
            return False

    async def take(self) -> None:
        """Take one, or wait for one.

        Raises:
            StoreUnavailableError: none came in time.
        """
        if self.try_take():
            return
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        with self._lock:
            self._waiting.append((loop, future))
        self._hand_out()  # one may have come between
        try:
            async with asyncio.timeout(self._seconds):
                await asyncio.shield(future)
        except BaseException as error:
            self._leave(loop, future)
            if isinstance(error, TimeoutError):
                raise StoreUnavailableError(
                    f"all {self.limit} connections to users' files are in use; close sessions sooner or give "
                    "EmbeddedStorage more max_connections"
                ) from None
            raise

    def give_back(self) -> None:
        """Give one back; who waits longest gets it."""
        with self._lock:
            self._free += 1
        self._hand_out()

    def _leave(self, loop: asyncio.AbstractEventLoop, future: "asyncio.Future[None]") -> None:
        with self._lock:
            if (loop, future) in self._waiting:
                self._waiting.remove((loop, future))
                future.cancel()
                return
        self.give_back()  # it was handed out to one who has gone

    def _hand_out(self) -> None:
        with self._lock:
            while self._free and self._waiting:
                loop, future = self._waiting.popleft()
                try:
                    loop.call_soon_threadsafe(_wake, future)
                except RuntimeError:  # the loop of that request has ended
                    continue
                self._free -= 1


def _wake(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
