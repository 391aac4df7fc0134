"""Puts the drivers of worker threads in place while runs are made, and says what is replaced."""

import asyncio
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from cellwall.explore.inline.aiosqlite_driver import inline_aiosqlite
from cellwall.explore.inline.anyio_threads import inline_anyio_threads

_DRIVERS = (("anyio", inline_anyio_threads), ("aiosqlite", inline_aiosqlite))


@contextmanager
def controlled() -> Iterator[tuple[str, ...]]:
    """Run worker threads' jobs inline, for the libraries that are loaded; give what is replaced."""
    replaced = []
    with ExitStack() as stack, warnings.catch_warnings():
        # What a run leaves open when it is cut short ends with the run.
        warnings.simplefilter("ignore", ResourceWarning)
        for name, driver in _DRIVERS:
            if name in sys.modules:
                stack.enter_context(driver())
                replaced.append(
                    f"{name} runs its threads' jobs in the loop's thread: two of them never overlap"
                )
        if "uvloop" in sys.modules and type(asyncio.get_event_loop_policy()).__module__.startswith("uvloop"):
            replaced.append("uvloop is replaced by the explorer's loop: what only uvloop does is not tried")
        yield tuple(replaced)
