"""All that many gates look for, in one pass through a file, by an engine made for that.

The engine is Vectorscan (`hyperscan`), which has wheels for most machines. Where it is not installed nothing
is missing but time: whoever asks looks for one thing after the other.
"""

import re
from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, final

from cellwall.check.deferred_pattern import DeferredPattern
from cellwall.check.plain_pattern import literal, plain

if TYPE_CHECKING:
    from hyperscan import Database


class _Said(NamedTuple):
    """What is looked for, as the engine is told; with `exact` it stands nowhere else."""

    sought: Hashable
    text: bytes
    exact: bool


@final
class PatternSet:
    """Byte strings and patterns that are looked for together."""

    def __init__(self, database: "Database", said: Sequence[_Said]) -> None:
        """Use a database that tells each of them by its place."""
        self._database = database
        self._said = said
        self._absent: Final[dict[Hashable, bool]] = {one.sought: False for one in said}

    def __contains__(self, sought: object) -> bool:
        """Tell whether it is one of those that are looked for."""
        return sought in self._absent

    def known_in(self, source: bytes) -> dict[Hashable, bool]:
        """Tell of each whether it stands in a file; those that may stand there, and may not, are left out."""
        places: list[int] = []

        def note(place: int, *_: object) -> None:
            places.append(place)

        self._database.scan(source, match_event_handler=note)
        known = self._absent.copy()
        for place in places:
            one = self._said[place]
            if one.exact:
                known[one.sought] = True
            else:
                known.pop(one.sought, None)
        return known


def pattern_set(sought: Iterable[object]) -> PatternSet | None:
    """Give the set of what the engine can look for, anything else left out; None without engine or work."""
    known = (each for each in sought if isinstance(each, (bytes, re.Pattern, DeferredPattern)))
    said = [one for each in dict.fromkeys(known) if (one := _said(each)) is not None]
    database = _database(said)
    if database is None:  # it refuses one of them, as what can never stand anywhere
        said = [one for one in said if _database([one]) is not None]
        database = _database(said)
    return PatternSet(database, said) if database is not None else None


def _database(said: Sequence[_Said]) -> "Database | None":
    """Give what looks for all of them; None where the engine is missing, or refuses one."""
    if not said:
        return None
    try:
        import hyperscan
    except ImportError:
        return None
    database = hyperscan.Database()
    try:
        database.compile(
            expressions=[one.text for one in said],
            ids=list(range(len(said))),
            elements=len(said),
            flags=hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_DOTALL,  # each is told once a file
        )
    except hyperscan.error:
        return None
    return database


def _said(sought: "bytes | re.Pattern[bytes] | DeferredPattern") -> _Said | None:
    if isinstance(sought, bytes):
        return _Said(sought, literal(sought), exact=True) if sought else None
    pattern = plain(sought)  # type: ignore[arg-type]
    return _Said(sought, *pattern) if pattern is not None else None
