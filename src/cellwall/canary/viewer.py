"""Who would see what happens here: the user for whom the running code works. One context variable."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar, Token
from typing import Final, final

_viewing: Final[ContextVar[viewing | None]] = ContextVar("cellwall_viewing", default=None)


def current_viewer() -> str | None:
    """Give the user for whom this code runs; None outside of every `viewing` block, and after its end."""
    block = _viewing.get()
    return block.owner if block is not None and block.open else None


def current_viewing() -> viewing | None:
    """Give the block itself, as long as it is open."""
    block = _viewing.get()
    return block if block is not None and block.open else None


@final
class viewing:  # noqa: N801  # used as a function is
    """Let `owner` be the viewer for the block, and in the tasks that it starts as long as it lasts.

    A task that is still running when the block ends was no part of the user's work: a worker, started
    lazily by whoever came first. Whatever it did for others is not held against this user.

    Example:
        >>> with viewing("alice"):
        ...     current_viewer()
        'alice'
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.open: bool = False
        self._home: asyncio.Task[object] | None = None
        self._others: set[asyncio.Task[object]] | None = None  # made when there are some: most have none
        self._workers: frozenset[int] = frozenset()
        self._token: Token[viewing | None] | None = None

    def __enter__(self) -> viewing:
        """Make the owner the viewer.

        Raises:
            RuntimeError: entered already.
        """
        if self._token is not None:
            raise RuntimeError("viewing(owner) is entered once; call viewing again")
        self.open = True
        self._home = running_task()
        self._token = _viewing.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Make the one before it the viewer, and tell workers from tasks of the user's own."""
        self.open = False
        if self._others:
            self._workers = frozenset(id(task) for task in self._others if not task.done())
        if self._token is not None:
            _viewing.reset(self._token)

    def remember(self, task: asyncio.Task[object] | None) -> int:
        """Keep a task in mind that did something in this user's name; gives its number for `was_worker`."""
        if task is not None and task is not self._home and self.open:
            self._others = self._others or set()
            self._others.add(task)
        return id(task)

    def was_worker(self, number: int) -> bool:
        """Whether the task outlived the block; known once the block has ended."""
        return number in self._workers


def running_task() -> asyncio.Task[object] | None:
    """Give the task that runs here; None in a thread and outside of a loop."""
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
