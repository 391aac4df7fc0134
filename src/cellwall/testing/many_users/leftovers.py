"""Ends what a run's users left behind: tasks that nobody awaited, async generators that nobody finished."""

import asyncio
import sys
import weakref
from types import TracebackType
from typing import Any, Final, Self, final

GRACE: Final = 1.0  # seconds for cancelled tasks to end
MOST: Final = 1000  # generators noted before those that are gone are dropped


@final
class Leftovers:
    """Watches what comes into being in the block, and ends at its end what is still there."""

    def __init__(self) -> None:
        self._before: set[asyncio.Task[Any]] = set()
        self._generators: list[weakref.ref[Any]] = []
        self._most = MOST
        self._hooks = sys.get_asyncgen_hooks()

    async def __aenter__(self) -> Self:
        self._before = asyncio.all_tasks()
        self._hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=self._first, finalizer=self._hooks.finalizer)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.set_asyncgen_hooks(*self._hooks)
        if error is not None:
            return  # the run is broken off, and who runs it ends what is left, itself included in all tasks
        left = asyncio.all_tasks() - self._before
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=GRACE)
        for generator in [reference() for reference in self._generators]:
            if generator is not None and not generator.ag_running:
                await self._close(generator)

    async def _close(self, generator: Any) -> None:
        try:
            await generator.aclose()
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "an async generator could not be closed", "exception": error}
            )

    def _first(self, generator: Any) -> None:
        self._generators.append(weakref.ref(generator))  # a WeakSet costs five times as much
        if len(self._generators) > self._most:
            self._generators = [each for each in self._generators if each() is not None]
            self._most = max(MOST, 2 * len(self._generators))
        if self._hooks.firstiter is not None:
            self._hooks.firstiter(generator)
