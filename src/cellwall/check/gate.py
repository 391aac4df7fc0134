"""Gates: which files a rule has to look into, told from their raw bytes before anything is parsed."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, final

from cellwall.check.closer_look import CloserLook, InOnePass, Sought
from cellwall.check.file_kind import FileKind
from cellwall.check.pattern_set import PatternSet
from cellwall.check.renamed import Renamed

Token = Sought | InOnePass | Callable[[bytes], bool]
Clause = tuple[Token, ...]


@final
@dataclass(frozen=True, slots=True)
class Gate:
    """Lets a file through when it is of one of the kinds, and each clause has something in it.

    A gate must be a provable superset of its rule: every file with a finding passes. Byte strings cost about
    a tenth of an anchored pattern, so the rarest clause of byte strings stands first and patterns stand last.
    Without clauses every file passes; an empty clause lets none through.
    """

    clauses: tuple[Clause, ...] = ()
    kinds: frozenset[FileKind] = frozenset(FileKind)

    @classmethod
    def any_of(cls, *tokens: Token) -> "Gate":
        """Let through what has one of the byte strings, matches a pattern, or satisfies a function.

        A byte string that contains another one is not looked for: where it stands, so does the other.
        """
        return cls((tuple(token for token in dict.fromkeys(tokens) if not _is_covered(token, tokens)),))

    def __and__(self, other: "Gate") -> "Gate":
        """Let through what both let through."""
        return Gate(self.clauses + other.clauses, self.kinds & other.kinds)


def stands_in(token: Token, source: bytes) -> bool:
    """Tell whether a file has a byte string, matches a pattern, or satisfies a function, or may do so."""
    if isinstance(token, bytes):
        return token in source
    if isinstance(token, InOnePass):
        return True
    return bool(token(source) if callable(token) else token.search(source))


def _is_covered(token: Token, tokens: Clause) -> bool:
    return isinstance(token, bytes) and any(
        isinstance(other, bytes) and other != token and other in token for other in tokens
    )


EVERY_FILE: Final = Gate()
IN_SERVICE: Final = Gate(kinds=frozenset({FileKind.SERVICE}))
IN_TESTS: Final = Gate(kinds=frozenset({FileKind.TEST}))
NOT_IN_TESTS: Final = Gate(kinds=frozenset({FileKind.SERVICE, FileKind.OTHER}))


@final
class GatedSource:
    """The bytes of one file, each byte string and pattern looked for at most once, however many rules ask."""

    def __init__(
        self,
        source: bytes,
        kind: FileKind,
        renamed: Iterable[Renamed] = (),
        patterns: PatternSet | None = None,
    ) -> None:
        """Look for the names that are renamed, and for `patterns` in one pass; for nothing else yet.

        `renamed` are names under which other files hand things on: where one stands, what it stands for is
        read too.
        """
        known = patterns.known_in(source) if patterns is not None else {}
        stands_for = [one.stands_for(source) for one in renamed if self._stands(one, known, source)]
        if stands_for:
            source = b"\n".join([source, *stands_for])
            known = patterns.known_in(source) if patterns is not None else {}
        self._source = source
        self._kind = kind
        self._known: dict[Hashable, bool] = known

    @staticmethod
    def _stands(one: Renamed, known: dict[Hashable, bool], source: bytes) -> bool:
        return known.get(one.pattern, True) and one.pattern.search(source) is not None

    def passes(self, gate: Gate) -> bool:
        """Tell whether the file gets through."""
        if self._kind not in gate.kinds:
            return False
        known = self._known
        for clause in gate.clauses:  # written out: every rule asks for every file
            for token in clause:
                has = known.get(token)
                if has is None:
                    has = known[token] = self._has(token)
                if has:
                    break
            else:
                return False
        return True

    def _has(self, token: Token) -> bool:
        if isinstance(token, CloserLook) and not any(self._known.get(one, True) for one in token.where):
            return False
        if isinstance(token, InOnePass):
            return self._known.get(token.pattern, True)
        return stands_in(token, self._source)


def sought_by(gates: Iterable[Gate]) -> Iterator[Token]:
    """Give all that gates look for, and what stands where their functions look closer."""
    for token in (token for gate in gates for clause in gate.clauses for token in clause):
        yield token
        if isinstance(token, CloserLook):
            yield from token.where
        elif isinstance(token, InOnePass):
            yield token.pattern
