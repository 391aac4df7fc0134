"""What happens to a process and must be heard of here: it forks, it ends."""

import atexit
import os
from typing import Final, Protocol
from weakref import WeakSet


class Forked(Protocol):
    """Something that starts anew in a child process."""

    def after_fork(self) -> None:
        """Forget locks, threads and handles of the parent, without touching what they lead to."""
        ...


class Closable(Protocol):
    """Something to close before the process ends."""

    def close(self) -> None:
        """Finish; a second call does nothing."""
        ...


_forked: Final[WeakSet[Forked]] = WeakSet()
_open: Final[WeakSet[Closable]] = WeakSet()
_heard: Final[set[str]] = set()


def start_anew_in_children(thing: Forked) -> None:
    """Call `thing.after_fork()` in every child that this process forks."""
    if "fork" not in _heard and hasattr(os, "register_at_fork"):
        _heard.add("fork")
        os.register_at_fork(after_in_child=_after_fork)
    _forked.add(thing)


def close_at_exit(thing: Closable) -> None:
    """Call `thing.close()` when the process ends while it is still in use."""
    if "exit" not in _heard:
        _heard.add("exit")
        atexit.register(_at_exit)
    _open.add(thing)


def _after_fork() -> None:
    for thing in tuple(_forked):
        thing.after_fork()


def _at_exit() -> None:
    for thing in tuple(_open):
        thing.close()
