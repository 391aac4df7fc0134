"""A view that remembers what it was shown, for tests of whoever drives views."""

from dataclasses import dataclass, field
from typing import final

from cellwall.migrate.state import State


@final
@dataclass(slots=True)
class FakeView:
    """Keeps the times of its updates and the last state."""

    times: list[float] = field(default_factory=list)
    state: State | None = None
    closed: bool = False

    def update(self, state: State, now: float) -> None:
        """Remember the time and the state."""
        self.times.append(now)
        self.state = state

    def close(self) -> None:
        """Remember that nothing more will come."""
        self.closed = True
