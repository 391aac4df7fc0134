"""The watch: installs the sinks, and gathers what one user's work had of another's values."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from threading import Lock
from types import TracebackType
from typing import ClassVar, Final, Self, final

from cellwall.canary.book import CanaryBook
from cellwall.canary.errors import SecondWatchError
from cellwall.canary.excerpt import excerpt_of
from cellwall.canary.place import project_line
from cellwall.canary.serving import is_serving
from cellwall.canary.sighting import Reach, Sighting
from cellwall.canary.sink import Sink
from cellwall.canary.sinks import all_sinks
from cellwall.canary.text_of import text_of
from cellwall.canary.viewer import current_viewing, running_task, viewing

NEVER_SEEN: Final = (
    "values inside what is encrypted, or compressed by the application itself",
    "sums, counts and yes-or-no answers computed from another user's data",
    "extensions in C that keep or send data without passing one of the sinks",
)


class _Current(Enum):
    VIEWER = auto()


CURRENT: Final = _Current.VIEWER


@final
@dataclass(frozen=True, slots=True)
class _Kept:
    """A sighting, and by whose task it was made where that may still prove to be a worker."""

    seen: Sighting
    block: viewing | None
    task: int

    @property
    def by_worker(self) -> bool:
        return self.block is not None and self.block.was_worker(self.task)


@final
class Watch:
    """Sees what passes the sinks while it is entered.

    `sinks` are all that Cellwall has unless others are given; one whose library is not loaded is left out.
    At most `limit` sightings and as many hints are kept, one for each sink, owner, viewer and place.

    Example:
        >>> import logging
        >>> from cellwall.canary import CanaryBook, viewing
        >>> book = CanaryBook()
        >>> alice, bob = book.issue("alice").value, book.issue("bob").value
        >>> with Watch(book) as watch, viewing("bob"):
        ...     logging.getLogger("shop").warning("order of %s put to %s", alice, bob)
        >>> [(one.sink, one.owner, one.viewer) for one in watch.sightings]
        [('logging', 'alice', 'bob')]
    """

    _entered: ClassVar[Watch | None] = None

    def __init__(self, book: CanaryBook, sinks: Sequence[Sink] | None = None, *, limit: int = 1000) -> None:
        self.book: CanaryBook = book
        self.limit = limit
        self._sinks = tuple(all_sinks() if sinks is None else sinks)
        self._undo: list[Callable[[], None]] = []
        self._leaks: dict[tuple[object, ...], _Kept] = {}
        self._hints: dict[tuple[object, ...], _Kept] = {}
        self._unseen: dict[str, None] = {}
        self._missing: list[Sink] = []
        self._used = False
        self._lock = Lock()

    def __enter__(self) -> Self:
        """Install every sink that applies.

        Raises:
            SecondWatchError: another watch is entered, or this one was before.
        """
        if Watch._entered is not None or self._used:
            raise SecondWatchError("one watch at a time, each entered once: leave the other or make one")
        Watch._entered, self._used = self, True
        try:
            for sink in self._sinks:
                if sink.library and sink.library not in sys.modules:
                    self._missing.append(sink)
                else:
                    self._undo.append(sink.install(self))
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Uninstall them, the last first."""
        for sink in self._missing:
            if sink.library in sys.modules:
                self.cannot_see(f"{sink.name}: {sink.library} was imported after the watch began")
        self._leave()

    def restart(self, book: CanaryBook) -> None:
        """Begin anew with another book while the sinks stay; far cheaper than another watch.

        What was seen is forgotten. Sinks whose library was imported meanwhile are installed now.

        Raises:
            SecondWatchError: this watch is not entered.
        """
        if Watch._entered is not self:
            raise SecondWatchError("only the watch that is entered can begin anew")
        with self._lock:
            self.book = book
            self._leaks, self._hints, self._unseen = {}, {}, {}
        for sink in [sink for sink in self._missing if sink.library in sys.modules]:
            self._missing.remove(sink)
            self._undo.append(sink.install(self))

    def _leave(self) -> None:
        try:
            while self._undo:
                self._undo.pop()()
        finally:
            Watch._entered = None

    def observe(
        self,
        sink: str,
        data: object,
        where: str,
        *,
        reach: Reach = Reach.SHOWN,
        viewer: str | _Current | None = CURRENT,
    ) -> None:
        """Search `data` (text, bytes, or any object) for values of others than the viewer.

        The viewer is the current one unless the sink knows better: whose connection it is, say. Without
        a viewer nobody sees anything.
        """
        block = None
        if viewer is CURRENT:
            block = current_viewing()
            viewer = block.owner if block is not None else None
        if viewer is None:
            return
        data = text_of(data)
        owners = self.book.owners_in(data)
        if owners and owners != {viewer}:
            for owner in sorted(owners - {viewer}):
                self._note(Sighting(sink, owner, viewer, where, "", reach), data, viewer in owners, block)

    def _note(self, seen: Sighting, data: str | bytes, mixed: bool, block: viewing | None) -> None:
        assert seen.viewer is not None
        if self.book.permits(seen.owner, seen.viewer, seen.where):
            return
        if seen.reach is Reach.SHOWN:
            block = None  # the user has it, whoever sent it
        task = block.remember(running_task()) if block is not None else 0
        key = (seen.sink, seen.owner, seen.viewer, seen.where, task)
        kept = self._leaks if _is_leak(seen.reach, mixed) else self._hints
        with self._lock:
            if key not in kept and len(kept) < self.limit:
                text = excerpt_of(self.book, seen.owner, data)
                kept[key] = _Kept(replace(seen, excerpt=text, line=project_line()), block, task)

    def cannot_see(self, why: str) -> None:
        """Note something that cannot be seen here; a sink does it where it meets such a thing."""
        with self._lock:
            self._unseen.setdefault(why)

    @property
    def sightings(self) -> list[Sighting]:
        """The leaks, in the order they were seen."""
        return [kept.seen for kept in self._leaks.values() if not kept.by_worker]

    @property
    def hints(self) -> list[Sighting]:
        """Others' values that passed inside the service: no leaks by themselves, but the way of one."""
        workers = [kept for kept in self._leaks.values() if kept.by_worker]
        return [kept.seen for kept in (*self._hints.values(), *workers)]

    @property
    def unseen(self) -> tuple[str, ...]:
        """What cannot be seen here and why."""
        return (*self._unseen, *NEVER_SEEN)


def active_watch() -> Watch | None:
    """Give the watch that is entered now."""
    return Watch._entered


def _is_leak(reach: Reach, mixed: bool) -> bool:
    if reach is Reach.READ:
        return not is_serving()
    return reach in (Reach.SHOWN, Reach.CARRIED) or (reach is Reach.WRITTEN and mixed)
