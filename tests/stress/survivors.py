"""What a run leaves behind: tasks, threads, open files, contexts, sessions."""

import asyncio
import gc
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

FILES = Path("/proc/self/fd")


@contextmanager
def tracebacks_as_text() -> Iterator[None]:
    """Let log records of this block hold no frames: pytest keeps records, and so what requests made."""
    make = logging.getLogRecordFactory()

    def record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        made = make(*args, **kwargs)
        if made.exc_info:
            made.exc_text = logging.Formatter().formatException(made.exc_info)
            made.exc_info = None
        return made

    logging.setLogRecordFactory(record)
    try:
        yield
    finally:
        logging.setLogRecordFactory(make)


class Watch:
    """Remembers, weakly, what requests made, and what was there before them."""

    def __init__(self, patience: float = 5.0) -> None:
        self._patience = patience
        self._contexts: WeakSet[Any] = WeakSet()
        self._sessions: WeakSet[Any] = WeakSet()
        self._threads = set(threading.enumerate())
        self._tasks = asyncio.all_tasks()
        self._files = _open_files()
        self._destroyed: list[str] = []
        self.context: Callable[[Any], None] = self._contexts.add
        self.session: Callable[[Any], None] = self._sessions.add

    @contextmanager
    def destroyed_tasks(self) -> Iterator[None]:
        """Note tasks of this block that nobody ended and the collector took: no list of tasks has them."""
        loop = asyncio.get_running_loop()
        before = loop.get_exception_handler()

        def note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            if "destroyed" in context["message"]:
                self._destroyed.append(repr(context.get("task")))
            else:
                loop.default_exception_handler(context)

        loop.set_exception_handler(note)
        try:
            yield
        finally:
            loop.set_exception_handler(before)

    async def survivors(self) -> dict[str, list[str]]:
        """Give what is still there, by kind; an empty dict is a pass.

        A thread that was told to end may need a moment: what is gone in `patience` seconds is no survivor.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + self._patience
        while True:
            gc.collect()
            found = self._found()
            if not found or loop.time() > end:
                return found
            await asyncio.sleep(0.1)

    def _found(self) -> dict[str, list[str]]:
        threads = [one for one in threading.enumerate() if one not in self._threads]
        found = {
            "tasks": [repr(task) for task in asyncio.all_tasks() - self._tasks],
            "destroyed tasks": self._destroyed,
            "threads": [one.name for one in threads if not one.name.startswith("asyncio_")],
            "files": sorted(_open_files() - self._files),
            "contexts": [repr(context) for context in self._contexts],
            "sessions": [repr(session) for session in self._sessions],
        }
        return {kind: left[:5] for kind, left in found.items() if left}


def _open_files() -> set[str]:
    found = set()
    for link in FILES.iterdir():
        try:
            found.add(f"{link.name} {link.readlink()}")
        except FileNotFoundError:
            continue  # the listing's own
    return found
