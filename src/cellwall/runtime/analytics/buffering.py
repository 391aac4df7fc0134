"""How events wait for their store: how many, for how long, and what happens when there is no room."""

from dataclasses import dataclass
from enum import StrEnum
from typing import final


class WhenFull(StrEnum):
    """What happens to an event that finds no room in time."""

    DROP = "drop"
    REFUSE = "refuse"


@final
@dataclass(frozen=True, slots=True)
class Buffering:
    """Bounds of what waits in memory.

    Attributes:
        events: how many events may wait in all.
        per_user: how many of them may be one user's, so that none takes the room of the others.
        batch: how many are written at once; so many waiting ones are written without delay.
        seconds: how long an event waits at most while the store takes some.
        room_seconds: how long `track_event` waits for room while the store takes some; else not at all.
        retry_seconds: how long a store that failed is left alone.
        when_full: drop the event and count it, or refuse it with StoreUnavailableError.
    """

    events: int = 10_000
    per_user: int = 1_000
    batch: int = 500
    seconds: float = 1.0
    room_seconds: float = 0.1
    retry_seconds: float = 1.0
    when_full: WhenFull = WhenFull.DROP

    def __post_init__(self) -> None:
        if min(self.events, self.per_user, self.batch) < 1:
            raise ValueError("a buffer needs room for at least one event, of each user too")
        if self.seconds <= 0 or self.room_seconds < 0 or self.retry_seconds <= 0:
            raise ValueError("events must be written after some time, which is above zero")
