"""A lane: what keeps its own order in a run, such as a task or one direction of a connection."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Any, final


@final
class Lane:
    """A task, a direction of a connection, a job of a worker thread, or the loop's own callbacks.

    A task has one step due at most, so its lane is its own entry in the list of what can run.
    """

    __slots__ = (
        "args",
        "callback",
        "children",
        "context",
        "handler",
        "inside",
        "lane",
        "marked",
        "name",
        "since",
        "step",
        "task",
    )

    def __init__(self, name: str, task: "asyncio.Task[Any] | None" = None, *, inside: bool = True) -> None:
        self.name: str = name
        self.task: asyncio.Task[Any] | None = task
        self.lane: Lane = self
        self.step: int = 0  # steps that were run
        self.children: int = 0
        self.handler: bool = False
        self.marked: bool = False  # a cancellation is planned for one of its steps
        self.inside: bool = inside  # the task was made in this run
        self.since: float = 0.0
        self.callback: Callable[..., object]
        self.args: tuple[Any, ...]
        self.context: Context


@final
class Queued:
    """A callback that is due in a lane that can have several."""

    __slots__ = ("handle", "lane", "since")

    def __init__(self, lane: Lane, handle: asyncio.Handle, since: float) -> None:
        self.lane: Lane = lane
        self.handle: asyncio.Handle = handle
        self.since: float = since


Entry = Lane | Queued


def first_of_lane(runnable: list[Entry], index: int) -> int:
    """Give the index of the first entry of the lane that the entry at this index belongs to."""
    lane = runnable[index].lane
    for at in range(index):
        if runnable[at].lane is lane:
            return at
    return index
