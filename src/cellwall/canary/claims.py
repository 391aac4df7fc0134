"""Ordinary values that are only one owner's: found by their longest run of letters and digits.

Text is cut into such runs once, whatever the number of claims, and the runs are looked up in one dictionary;
a hit is then compared as a whole. So a value is missed where letters or digits are glued to it.
"""

from __future__ import annotations

import re
from typing import Final, final

from cellwall.canary.errors import UnfitValueError

SHORTEST_RUN: Final = 6  # letters and digits in a row; below that two users meet by chance
_RUNS: Final = re.compile(rb"[0-9A-Za-z]+")
_SPACED: Final = bytes(byte if chr(byte).isalnum() and byte < 128 else 32 for byte in range(256))


@final
class Claims:
    """Who claimed which values."""

    def __init__(self) -> None:
        self._by_run: dict[bytes, dict[bytes, str | None]] = {}
        self.longest: int = 0  # bytes

    def add(self, owner: str, value: str) -> None:
        """Note that `value` is only `owner`'s; claimed by two owners it is nobody's.

        Raises:
            UnfitValueError: there are no six letters or digits in a row in it.
        """
        whole = value.encode()
        run = max(_RUNS.findall(whole), key=len, default=b"")
        if len(run) < SHORTEST_RUN:
            raise UnfitValueError(
                f"{value!r} cannot be told from chance: a value that is only one user's has at least "
                f"{SHORTEST_RUN} letters or digits in a row; use CanaryBook.issue, which makes such values"
            )
        holders = self._by_run.setdefault(run, {})
        holders[whole] = owner if holders.get(whole, owner) == owner else None
        self.longest = max(self.longest, len(whole))

    def owners_in(self, data: bytes) -> set[str]:
        """Give the owners of the claimed values in `data`."""
        return {owner for owner, _ in self.found_in(data)}

    def found_in(self, data: bytes) -> list[tuple[str, bytes]]:
        """Give owner and value of each claimed value in `data`."""
        if not self._by_run or self._by_run.keys().isdisjoint(runs := data.translate(_SPACED).split()):
            return []
        found = []
        for run in self._by_run.keys() & set(runs):
            for whole, owner in self._by_run[run].items():
                if owner is not None and _stands(whole, data):
                    found.append((owner, whole))
        return found


def _stands(whole: bytes, data: bytes) -> bool:
    """Whether the value stands in the text with no letter or digit glued to it: room-1 is not in room-10."""
    at = data.find(whole)
    while at >= 0:
        end = at + len(whole)
        glued = data[at - 1 : at + 1] if at else b""
        if not (len(glued) == 2 and glued.isalnum()) and not (
            end < len(data) and data[end - 1 : end + 1].isalnum()
        ):
            return True
        at = data.find(whole, at + 1)
    return False
