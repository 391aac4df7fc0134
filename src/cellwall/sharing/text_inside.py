"""The text that an object holds, as far as a walk leads: to find whose values are in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from cellwall.sharing.children import named_children_of
from cellwall.sharing.kinds import LEAVES, kind_of
from cellwall.sharing.profile import NO_PROFILES, Profiles

LIMIT: Final = 20_000  # objects


def text_inside(value: object, limit: int = LIMIT, profiles: Profiles = NO_PROFILES) -> str:
    """Give all strings and bytes inside `value`, one a line, of at most `limit` objects.

    What `profiles` call made for all users is not looked into.
    """
    lines: list[object] = []
    seen = {id(value)}
    ahead = deque([value])
    while ahead and len(seen) <= limit:
        held = ahead.popleft()
        if isinstance(held, str | bytes):
            lines.append(held)
        elif not (isinstance(held, LEAVES) or kind_of(type(held)).skip or profiles.of(type(held))[0]):
            for _, child in named_children_of(held, kind_of(type(held))):
                if id(child) not in seen:
                    seen.add(id(child))
                    ahead.append(child)
    return text_among(lines)


def text_among(values: Iterable[object]) -> str:
    """Give the strings and bytes among `values`, one a line; the others are not looked into."""
    return "\n".join(
        value if isinstance(value, str) else value.decode(errors="replace")
        for value in values
        if isinstance(value, str | bytes)
    )
