"""What one request opened and how it is closed. Knows callbacks, not contexts or users."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import final

from cellwall.runtime.errors import CleanupError, ContextClosedError

Callback = Callable[[], Awaitable[object] | object]


@final
class Lifetime:
    """Closes what was opened: last in first out, once, to the end though one callback fails."""

    __slots__ = ("_callbacks", "_closing", "_next")

    def __init__(self) -> None:
        self._callbacks: dict[int, Callback] = {}
        self._closing: asyncio.Task[list[BaseException]] | None = None
        self._next = 0

    @property
    def open(self) -> bool:
        """Whether closing has not begun."""
        return self._closing is None

    def add(self, callback: Callback) -> Callable[[], None]:
        """Run `callback`, a function or a coroutine function, at the end; give what takes it back.

        Raises:
            ContextClosedError: closing has begun.
        """
        if not self.open:
            raise ContextClosedError("the request has ended, nothing can be opened for it any more")
        self._next += 1
        key = self._next
        self._callbacks[key] = callback

        def take_back() -> None:
            self._callbacks.pop(key, None)

        return take_back

    async def close(self) -> None:
        """Run every callback; a second call waits for the first and does nothing else.

        Shielded: a cancelled caller still waits for the end, then is cancelled.

        Raises:
            CleanupError: at least one callback failed; all of them ran.
        """
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._run(), name="cellwall-cleanup")
            await _outlive_cancellation(self._closing)
            _raise_failures(self._closing.result())
        elif self._closing is not asyncio.current_task():  # a callback may ask again: it is under way
            await _outlive_cancellation(self._closing)

    async def _run(self) -> list[BaseException]:
        failures: list[BaseException] = []
        while self._callbacks:
            _, callback = self._callbacks.popitem()
            try:
                result = callback()
                if inspect.isawaitable(result):
                    await result
            except (Exception, asyncio.CancelledError) as error:
                failures.append(error)
        return failures


async def _outlive_cancellation(task: asyncio.Task[list[BaseException]]) -> None:
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


def _raise_failures(failures: list[BaseException]) -> None:
    if failures:
        texts = "; ".join(f"{type(failure).__name__}: {failure}" for failure in failures)
        raise CleanupError(f"{len(failures)} clean-up callback(s) failed: {texts}", failures)
