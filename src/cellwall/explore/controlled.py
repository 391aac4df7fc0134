"""Puts the drivers of worker threads in place while runs are made, and says what is replaced."""

import asyncio
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from cellwall.explore.inline.aiosqlite_driver import inline_aiosqlite
from cellwall.explore.inline.anyio_threads import inline_anyio_threads
from cellwall.explore.inline.late_imports import LateImports

_DRIVERS = {"anyio": inline_anyio_threads, "aiosqlite": inline_aiosqlite}
_UVLOOP = "uvloop is replaced by the explorer's loop: what only uvloop does is not tried"


@contextmanager
def controlled() -> Iterator[list[str]]:
    """Run worker threads' jobs inline, for the libraries that are loaded or will be.

    Gives what is replaced, in sentences; the list grows when such a library is imported meanwhile.
    """
    replaced: list[str] = []
    with ExitStack() as stack, warnings.catch_warnings():
        # What a run leaves open when it is cut short ends with the run.
        warnings.simplefilter("ignore", ResourceWarning)

        def put_in_place(name: str) -> None:
            stack.enter_context(_DRIVERS[name]())
            replaced.append(f"{name} runs its threads' jobs in the loop's thread: two of them never overlap")

        for name in _DRIVERS:
            if name in sys.modules:
                put_in_place(name)
        late = LateImports([name for name in _DRIVERS if name not in sys.modules], put_in_place)
        sys.meta_path.insert(0, late)
        stack.callback(sys.meta_path.remove, late)
        if "uvloop" in sys.modules and type(asyncio.get_event_loop_policy()).__module__.startswith("uvloop"):
            replaced.append(_UVLOOP)
        yield replaced
