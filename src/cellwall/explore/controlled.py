"""Puts the drivers of worker threads in place while runs are made, and says what is replaced."""

import asyncio
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from cellwall.explore.inline.aiosqlite_driver import inline_aiosqlite
from cellwall.explore.inline.anyio_threads import inline_anyio_threads
from cellwall.explore.inline.late_imports import LateImports

_DRIVERS = {"anyio": inline_anyio_threads, "aiosqlite": inline_aiosqlite}
UVLOOP: Final = "uvloop is replaced by the explorer's loop: what only uvloop does is not tried"


@contextmanager
def controlled() -> Iterator[list[str]]:
    """Run worker threads' jobs inline, for the libraries that are loaded or will be.

    Gives what else is replaced, in sentences.
    """
    with ExitStack() as stack, warnings.catch_warnings():
        # What a run leaves open when it is cut short ends with the run.
        warnings.simplefilter("ignore", ResourceWarning)

        def put_in_place(name: str) -> None:
            stack.enter_context(_DRIVERS[name]())

        for name in _DRIVERS:
            if name in sys.modules:
                put_in_place(name)
        late = LateImports([name for name in _DRIVERS if name not in sys.modules], put_in_place)
        sys.meta_path.insert(0, late)
        stack.callback(sys.meta_path.remove, late)
        uvloop = "uvloop" in sys.modules and _of_uvloop(asyncio.get_event_loop_policy())
        yield [UVLOOP] if uvloop else []


def _of_uvloop(policy: asyncio.AbstractEventLoopPolicy) -> bool:
    """Tell whether the policy is uvloop's or built on it."""
    return any(kind.__module__.partition(".")[0] == "uvloop" for kind in type(policy).__mro__)
