"""Waits for somebody else's clean-up for a while, and then no longer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

_log: Final = logging.getLogger(__name__)


async def within(seconds: float, work: Callable[[], Awaitable[object]], whose: str) -> None:
    """Run `work` for at most `seconds`, then cancel it and go on; what it raises is logged by its name."""

    async def run() -> None:
        await work()

    task = asyncio.create_task(run(), name="cellwall-closing")
    try:
        await asyncio.wait({task}, timeout=seconds)
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if not task.done():
        _log.warning("closing %s does not end", whose)
    elif task.cancelled():
        _log.warning("closing %s took too long", whose)
    elif (error := task.exception()) is not None:
        _log.info("closing %s failed: %s", whose, type(error).__name__)
