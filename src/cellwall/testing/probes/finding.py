"""What a probe found: a leak, or something to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `probe` found; a `leak` fails the test, else it is printed only."""

    probe: str
    leak: bool
    owner: str
    viewer: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.probe}: {self.where}: {self.text}"
