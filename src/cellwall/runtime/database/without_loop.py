"""Runs what must meet no event loop: aiosqlite tells the loop of whoever closes, be it closed or not."""

import asyncio
from collections.abc import Callable
from threading import Thread


def without_loop(call: Callable[[], object]) -> None:
    """Run `call` to its end in a thread without an event loop.

    At the interpreter's end no thread can be started any more (Python 3.12); no loop runs then, and this
    thread forgets the one that it had.
    """
    thread = Thread(target=call, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        asyncio.set_event_loop(None)
        call()
    else:
        thread.join()
