"""How a background task is ended for certain. Knows no task's work."""

import asyncio
from typing import Any, Final

PATIENCE: Final = 0.1


async def end_task(task: asyncio.Task[Any]) -> None:
    """Cancel `task` until it is done: drivers lose a cancellation that comes while they connect."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=PATIENCE)
