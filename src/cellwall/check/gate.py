"""Gates: which files a rule has to look into, told from their raw bytes before anything is parsed."""

import re
from dataclasses import dataclass
from typing import final

Clause = tuple[bytes | re.Pattern[bytes], ...]


@final
@dataclass(frozen=True, slots=True)
class Gate:
    """Lets a file through when each clause has something in it: a conjunction of disjunctions.

    A gate must be a provable superset of its rule: every file with a finding passes. Byte strings cost about
    a tenth of an anchored pattern, so the rarest clause of byte strings stands first and patterns stand last.
    Without clauses every file passes; an empty clause lets none through.
    """

    clauses: tuple[Clause, ...] = ()

    @classmethod
    def any_of(cls, *tokens: bytes | re.Pattern[bytes]) -> "Gate":
        """Let through what has one of the byte strings (or matches one of the patterns)."""
        return cls((tokens,))

    def __and__(self, other: "Gate") -> "Gate":
        """Let through what both let through."""
        return Gate(self.clauses + other.clauses)


EVERY_FILE = Gate()


@final
class GatedSource:
    """The bytes of one file, each byte string and pattern looked for at most once, however many rules ask."""

    def __init__(self, source: bytes) -> None:
        """Look for nothing yet."""
        self._source = source
        self._known: dict[bytes | re.Pattern[bytes], bool] = {}

    def passes(self, gate: Gate) -> bool:
        """Tell whether the file gets through."""
        has = self._has
        return all(any(has(token) for token in clause) for clause in gate.clauses)

    def _has(self, token: bytes | re.Pattern[bytes]) -> bool:
        known = self._known.get(token)
        if known is None:
            known = token in self._source if isinstance(token, bytes) else bool(token.search(self._source))
            self._known[token] = known
        return known
