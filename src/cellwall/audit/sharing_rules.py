"""What is shared by design, as declared: operations whose answers may show other users' data."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import final


@final
@dataclass(frozen=True, slots=True)
class SharingRules:
    """Patterns of operations (`GET /articles*`); `field:NAME` declares a field of answers."""

    patterns: tuple[str, ...] = ()

    def covers(self, key: str) -> bool:
        """Whether the operation's answers are shared by design."""
        path = key.partition(" ")[2]
        return any(fnmatchcase(key, each) or fnmatchcase(path, each) for each in self.patterns)

    def without_shared_fields(self, names: set[str]) -> set[str]:
        """Give the fields that are not declared as shared."""
        shared = {each.removeprefix("field:") for each in self.patterns if each.startswith("field:")}
        return names - shared
