"""The text around a value, short enough for a report; claimed values, which may be secrets, are masked."""

from __future__ import annotations

from typing import Final

from cellwall.canary.book import CanaryBook
from cellwall.canary.canary import LENGTH, PREFIX

AROUND: Final = 30  # characters on either side
_LENGTH: Final = 100
_SHOWN: Final = 6  # characters of a claimed value


def excerpt_of(book: CanaryBook, owner: str, data: str | bytes) -> str:
    """Give one line of text in which `owner`'s value stands."""
    raw = data.encode(errors="replace") if isinstance(data, str) else data
    claimed = book.claimed_in(raw)
    at = min((raw.find(value) for whose, value in claimed if whose == owner), default=-1)
    if at < 0:
        own = (start for start in _starts(raw) if owner in book.owners_in(raw[start : start + LENGTH]))
        at = next(own, 0)
    text = raw[max(0, at - AROUND) : at + _LENGTH]
    for _, value in claimed:
        text = text.replace(value, value[:_SHOWN] + b"...")
    return " ".join(text.decode(errors="replace").split())[: AROUND + _LENGTH]


def _starts(raw: bytes) -> list[int]:
    found, start = [], raw.find(PREFIX.encode())
    while start >= 0:
        found.append(start)
        start = raw.find(PREFIX.encode(), start + 1)
    return found
