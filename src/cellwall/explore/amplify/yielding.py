"""What a rewritten `await` calls: it lets others run before and after, in runs that ask for it."""

import asyncio
from collections.abc import Awaitable, Generator
from typing import TypeVar

from cellwall.explore.loop import ExplorerLoop

Result = TypeVar("Result")


def _wanted() -> bool:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # another library's loop drives this coroutine
        return False
    return isinstance(loop, ExplorerLoop) and loop.engaged and loop.amplified


async def amplified(awaitable: Awaitable[Result]) -> Result:
    """Await it, with a pause before and after."""
    try:
        await pause()
    except BaseException:
        close = getattr(awaitable, "close", None)
        if close is not None:  # else Python warns that it was never awaited
            close()
        raise
    result = await awaitable
    await pause()
    return result


class pause:  # noqa: N801  # called like a coroutine function, and cheaper where no pause is wanted
    """Let others run, once."""

    def __await__(self) -> Generator[None, None, None]:
        if _wanted():
            yield
