"""Where an offset lies after edits were applied, and where it lay before. Arithmetic only."""

from collections.abc import Sequence
from dataclasses import dataclass

from cellwall.check.edit import Edit


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """The edits of one round, sorted; `forward` and `back` translate offsets across them."""

    edits: tuple[Edit, ...]

    @classmethod
    def of(cls, edits: Sequence[Edit]) -> "OffsetMap":
        """Make the map for edits that were applied together."""
        return cls(tuple(sorted(set(edits))))

    def forward(self, offset: int) -> int:
        """Give where the byte at `offset` lies now; a replaced one, where its replacement starts."""
        moved = 0
        for edit in self.edits:
            if edit.end <= offset:
                moved += len(edit.replacement) - (edit.end - edit.start)
            elif edit.start <= offset:
                return edit.start + moved
            else:
                break
        return offset + moved

    def back(self, offset: int) -> int:
        """Give where the byte at `offset` lay before; one that was inserted, where it was inserted."""
        moved = 0
        for edit in self.edits:
            start = edit.start + moved
            if offset < start:
                break
            if offset < start + len(edit.replacement):
                return edit.start
            moved += len(edit.replacement) - (edit.end - edit.start)
        return offset - moved
