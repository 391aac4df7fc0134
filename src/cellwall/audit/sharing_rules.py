"""What is shared by design and what is not, as declared: operations whose answers show other users' data."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import final


@final
@dataclass(frozen=True, slots=True)
class SharingRules:
    """Patterns of operations (`GET /articles*`); `field:NAME` declares a field of answers.

    `private` are those of which it was said that they are not meant to show what they show.
    """

    patterns: tuple[str, ...] = ()
    private: tuple[str, ...] = ()

    def covers(self, key: str) -> bool:
        """Whether the operation's answers are shared by design."""
        return _matches(self.patterns, key) and not self.keeps_private(key)

    def keeps_private(self, key: str) -> bool:
        """Whether it was said that the operation's answers are not shared by design."""
        return _matches(self.private, key)

    def without_shared_fields(self, names: set[str]) -> set[str]:
        """Give the fields that are not declared as shared."""
        shared = {each.removeprefix("field:") for each in self.patterns if each.startswith("field:")}
        return names - shared


def _matches(patterns: tuple[str, ...], key: str) -> bool:
    path = key.partition(" ")[2]
    return any(fnmatchcase(key, each) or fnmatchcase(path, each) for each in patterns)
