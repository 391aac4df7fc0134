"""Where a client is in its user's sequence of events. What a client says about it is believed by nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, final

_FORM: Final = re.compile(r"([0-9a-f]{32}):([0-9]{1,18})", re.ASCII)


@final
@dataclass(frozen=True, slots=True)
class Position:
    """The last event that a client has seen: in which sequence, and its number there.

    Example:
        >>> str(Position("0" * 32, 7))
        '00000000000000000000000000000000:7'
    """

    epoch: str
    offset: int

    @classmethod
    def from_text(cls, text: str) -> Position:
        """Read what a client sends as `epoch:offset`; anything else is a position that nobody can be at."""
        match = _FORM.fullmatch(text)
        return cls(match[1], int(match[2])) if match else cls("", 0)

    def __str__(self) -> str:
        return f"{self.epoch}:{self.offset}"
