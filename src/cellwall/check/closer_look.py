"""What gates ask beside byte strings and patterns: where to look closer, and what a set alone tells."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

Sought = bytes | re.Pattern[bytes]


@final
@dataclass(frozen=True, slots=True, eq=False)
class CloserLook:
    """A function of a file's bytes that says no wherever none of `where` stands.

    It is not asked where these were looked for already, in one pass with all others, and are not there.
    """

    where: tuple[Sought, ...]
    look: Callable[[bytes], bool]

    def __call__(self, source: bytes) -> bool:
        """Ask the function."""
        return self.look(source)


@final
@dataclass(frozen=True, slots=True, eq=False)
class InOnePass:
    """A pattern that pays only where it is looked for in one pass with all others; without, it may stand."""

    pattern: re.Pattern[bytes]
