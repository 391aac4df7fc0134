"""A worker thread's job as one step of a lane of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any, Protocol

from cellwall.explore.lane import Lane


class JobLoop(Protocol):
    """What a job needs of its loop."""

    thread_context: Context
    inlined: dict[str, None]

    def child_lane(self, kind: str) -> Lane:
        """Give a new lane."""

    def soon_in(self, lane: Lane, callback: Callable[..., object], *args: object) -> None:
        """Make a callback due in a lane."""

    def create_future(self) -> "asyncio.Future[Any]":
        """Give a future."""


def runs_inline(executor: object) -> bool:
    """Tell whether the executor's jobs are threads' jobs."""
    return executor is None or isinstance(executor, ThreadPoolExecutor)


def start_job(
    loop: JobLoop, job: Callable[..., object], *args: object, lane: Lane | None = None, of: str = "asyncio"
) -> "asyncio.Future[Any]":
    """Make the job due and give the future of its result.

    As in a pool, the job runs even when who waits for it is cancelled, and sees the context variables of its
    thread, not those of its caller. `of` names whose thread it would have been, for the certificate.
    """
    loop.inlined[of] = None
    future = loop.create_future()

    def run() -> None:
        try:
            result = loop.thread_context.run(job, *args)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # the edge of a thread: what a job raises goes to who waits for it
            if not future.done():
                future.set_exception(error)
        else:
            if not future.done():
                future.set_result(result)

    loop.soon_in(lane or loop.child_lane("thread"), run)
    return future
