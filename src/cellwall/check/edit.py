"""Edits and fixes: changes to one file as byte ranges. Data and their application; no file is read here."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Safety(StrEnum):
    """Whether a fix can change what the program does."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Edit(NamedTuple):
    """Replace the bytes [start, end) of a file by `replacement`; start == end inserts."""

    start: int
    end: int
    replacement: bytes


class Fix(NamedTuple):
    """All edits that repair one finding, applied together or not at all.

    Equal edits of several fixes (the same parameter added, the same `async ` inserted) are applied once.
    `imports` are one-line import statements, added in the right block where they are missing.
    """

    edits: tuple[Edit, ...]
    safety: Safety
    imports: tuple[str, ...] = ()
    pattern: str = ""  # the plan's pattern that this applies, e.g. "agent factory"


def apply_edits(source: bytes, edits: Iterable[Edit]) -> bytes:
    """Apply edits that do not overlap; equal edits count once.

    Raises:
        ValueError: two different edits overlap, or an edit lies outside the source.
    """
    parts: list[bytes] = []
    position = 0
    for edit in sorted(set(edits)):
        if not position <= edit.start <= edit.end <= len(source):
            raise ValueError(
                f"edit at bytes {edit.start}-{edit.end} overlaps another or lies outside the file"
            )
        parts += (source[position : edit.start], edit.replacement)
        position = edit.end
    parts.append(source[position:])
    return b"".join(parts)
