"""The run's memory: every event goes to the journal first and into the state at once. No decisions here."""

from collections.abc import Callable

from cellwall.migrate.events import Event
from cellwall.migrate.journal import Journal
from cellwall.migrate.state import State, fold


def ignore_window(name: str) -> None:
    """Do nothing; the kill tests pass a function that kills this process inside a named window."""


class Record:
    """Journal and state together; `clock` gives seconds since the epoch."""

    def __init__(
        self,
        journal: Journal,
        clock: Callable[[], float],
        window: Callable[[str], None] = ignore_window,
    ) -> None:
        self.journal = journal
        self.clock = clock
        self.window = window
        self.state: State = fold((at, event) for _, at, event in journal.records())

    def add(self, event: Event) -> None:
        """Append the event; when this returns it is on the disk."""
        at = self.clock()
        self.journal.append(event, at)
        self.state = fold([(at, event)], self.state)
        self.window("event appended")
