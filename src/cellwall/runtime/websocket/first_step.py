"""Runs a coroutine up to its first wait, here and now, without a task.

Until that wait `asyncio.current_task()` is the caller's, so this is for coroutines that do not care: those
that take locks or set timeouts do.
"""

from collections.abc import Awaitable, Coroutine, Generator
from types import coroutine
from typing import Any


def first_step(work: Coroutine[Any, Any, object]) -> Awaitable[None] | bool:
    """Give True when `work` has ended without a wait, else what is left of it, to be awaited."""
    try:
        waits_for = work.send(None)
    except StopIteration:
        return True
    return _rest(work, waits_for)


@coroutine
def _rest(work: Coroutine[Any, Any, object], waits_for: Any) -> Generator[Any, Any, None]:
    """Go on as `await` would, from a wait that has begun (PEP 380, without its first step)."""
    while True:
        try:
            try:
                answer = yield waits_for
            except BaseException as error:
                waits_for = work.throw(error)
            else:
                waits_for = work.send(answer)
        except StopIteration:
            return
