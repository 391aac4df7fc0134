"""What to do while a store that several processes share cannot be reached; always the caller's choice."""

from enum import StrEnum


class Outage(StrEnum):
    """Safety or service first: nothing here chooses a default."""

    REFUSE = "refuse"
    ALLOW = "allow"
