"""How gates put many observations into one text for people: the first few, then how many more."""

from collections.abc import Sequence

MOST_LINES = 12
LONGEST_LINE = 400


def listed(lines: Sequence[str], most: int = MOST_LINES) -> str:
    """Give the first `most` lines, cut to a readable length, and a last line that counts the others."""
    shown = [line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + "…" for line in lines[:most]]
    if len(lines) > most:
        shown.append(f"and {len(lines) - most} more")
    return "\n".join(shown)
