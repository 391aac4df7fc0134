"""Work that goes on to its end although its caller is cancelled: half of it would harm the next one."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Await `work`; a cancelled caller still waits for its end, then is cancelled.

    Raises:
        asyncio.CancelledError: the caller was cancelled meanwhile; an error of `work` is its context.
    """
    task = asyncio.get_running_loop().create_task(work, name="cellwall-session-close")
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        task.result()
        return
    if not task.cancelled() and (failure := task.exception()) is not None:
        raise cancelled from failure
    raise cancelled
