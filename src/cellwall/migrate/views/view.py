"""What a view of a running run is: something that is shown each new state. It decides nothing."""

from typing import Protocol

from cellwall.migrate.state import State


class View(Protocol):
    """A way to look at a run while it goes on; writes to standard error, never to standard output."""

    def update(self, state: State, now: float) -> None:
        """Show the state at `now` (seconds since the epoch); cheap to call as often as one likes."""
        ...

    def close(self) -> None:
        """Show the last state and let go of the terminal; calling it twice is harmless."""
        ...
