"""What the explorer tried over all tests of a session, and what it did not cover, in lines for people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cellwall.project.number_of import number_of

_COUNTED: Final = ("runs", "swept", "points")


def certificate_lines(certificates: Sequence[Mapping[str, Any]]) -> list[str]:
    """Give the lines; none where nothing was explored."""
    if not certificates:
        return []
    total = Counter({name: sum(each[name] for each in certificates) for name in _COUNTED})
    lines = [
        f"{number_of(len(certificates), 'test')} explored: {number_of(total['runs'], 'schedule')}, "
        f"cancelled at {total['swept']} of {number_of(total['points'], 'point')}, "
        f"in {sum(each['seconds'] for each in certificates):.1f} s"
    ]
    left_out = Counter(sentence for each in certificates for sentence in each["not_covered"])
    return [*lines, *(f"  not covered in {number}: {text}" for text, number in sorted(left_out.items()))]
