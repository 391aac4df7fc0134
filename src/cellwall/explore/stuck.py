"""Says where every task waits when nothing can wake one."""

import asyncio
from collections.abc import Iterable
from typing import Any

from cellwall.explore.errors import DeadlockError
from cellwall.explore.lane import Lane


def stuck(lanes: Iterable[Lane]) -> DeadlockError:
    """Give the error that names each waiting task and the place where it waits."""
    waiting = [lane for lane in lanes if lane.task and not lane.task.done()]
    places = "; ".join(f"{lane.name} at {place_of(lane.task)}" for lane in waiting[:10])
    return DeadlockError(f"every task waits and nothing can wake one: {places or 'there is no task'}")


def place_of(task: "asyncio.Task[Any] | None") -> str:
    """Give path:line of the innermost coroutine in which the task is suspended."""
    frames = frames_of(task)
    return f"{frames[-1].f_code.co_filename}:{frames[-1].f_lineno}" if frames else "an unknown place"


def frames_of(task: "asyncio.Task[Any] | None") -> list[Any]:
    """Give the frames of the coroutines that the task is suspended in, outermost first."""
    frames = []
    awaitable: Any = task.get_coro() if task else None
    while awaitable is not None:
        frame = next((f for name in _FRAMES if (f := getattr(awaitable, name, None)) is not None), None)
        if frame is not None:
            frames.append(frame)
        awaitable = next((a for name in _NEXT if (a := getattr(awaitable, name, None)) is not None), None)
    return frames


_FRAMES = ("cr_frame", "gi_frame", "ag_frame")
_NEXT = ("cr_await", "gi_yieldfrom", "ag_await")
