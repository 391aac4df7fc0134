"""What became of the events that a log was given."""

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True)
class AnalyticsStats:
    """Counts since the log was made.

    `written` are in the store, `pending` wait for it, `dropped` had no room while the store was
    unavailable, and `refused` are those that the store would not take though it was there.
    """

    written: int
    pending: int
    dropped: int
    refused: int
