"""The one loop of this process in which runs are made: a lock made at import never meets a second loop."""

import asyncio
import threading

from cellwall.explore.errors import NestedRunError
from cellwall.explore.loop import ExplorerLoop

_loops: dict[int, ExplorerLoop] = {}


def process_loop() -> ExplorerLoop:
    """Give this thread's loop; raises NestedRunError where an event loop is running."""
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise NestedRunError(
            f"a run cannot be started inside of a running event loop ({type(running).__name__}): "
            "call it from synchronous code, or let the plugin run the test"
        )
    loop = _loops.get(threading.get_ident())
    if loop is None or loop.is_closed():
        loop = _loops[threading.get_ident()] = ExplorerLoop()
    return loop


def close_process_loop() -> None:
    """Close this thread's loop, if it was made."""
    loop = _loops.pop(threading.get_ident(), None)
    if loop is not None:
        loop.close()
