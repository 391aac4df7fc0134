"""Ends what a run left behind, so that the next one begins with nothing."""

import asyncio
from typing import Any, Final

from cellwall.explore.asyncio_private import drop_pending_warning
from cellwall.explore.errors import ExploreError
from cellwall.explore.loop import MOST_STEPS, ExplorerLoop

_ROUNDS: Final = 20  # of cancelling
_LONGEST: Final = 60.0  # s of the loop's clock that a cancelled task may take to end


def clear(loop: ExplorerLoop) -> None:
    """Cancel the tasks that the run left and close its asynchronous generators, first come, first served."""
    loop.choose = loop.record = loop.observe = None
    loop.cancellations.clear()
    loop.free_steps = len(loop.trace) + MOST_STEPS
    for _ in range(_ROUNDS):
        left = [
            lane.task for lane in loop.lanes.values() if lane.task and lane.inside and not lane.task.done()
        ]
        generators = loop.open_generators()
        if not left and not generators:
            break
        try:
            loop.run_until_complete(_end(left, generators))
        except ExploreError:
            break
    for lane in loop.lanes.values():
        if lane.task and not lane.task.done():
            drop_pending_warning(lane.task)
        elif lane.task and not lane.task.cancelled():
            lane.task.exception()  # else asyncio logs, in the midst of a later run, that nobody asked for it


async def _end(tasks: "list[asyncio.Task[Any]]", generators: list[Any]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=_LONGEST)
    await asyncio.gather(*(generator.aclose() for generator in generators), return_exceptions=True)
