"""Names under which other files hand on what gates look for under another name."""

import re
from collections.abc import Iterable
from typing import Final, final

from cellwall.check.called_places import NAMED, is_called
from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.deferred_pattern import deferred

_FAR: Final = 1000  # before a name: there the sign of a decorator may stand


@final
class Renamed:
    """One such name, and what it stands for: gates read that as if it stood in the file."""

    __slots__ = ("_names", "pattern")

    def __init__(self, name: bytes, names: Iterable[bytes]) -> None:
        """Look for a whole word; `names` are dotted."""
        self.pattern = deferred(name + rb"(?!\w)(?<!\w" + name + rb")")
        self._names = tuple(names)

    def stands_for(self, source: bytes) -> bytes:
        """Give what gates read in its place: calls of the names, or they alone where it cannot be called."""
        if any(_is_called(source, found) for found in self.pattern.finditer(source)):
            return b" ".join(b"%s() %s(*_)" % (name, name) for name in self._names)
        return b"[" + b"".join(name + b"," for name in self._names) + b"]"


def _is_called(source: bytes, found: "re.Match[bytes]") -> bool:
    """Tell whether a name may be called there, or may decorate something."""
    start, end = found.span()
    return is_called(source, start, end, NAMED) or b"@" in source[max(0, start - _FAR) : start]


_last: Final[list[tuple[ProjectFacts, tuple[Renamed, ...]]]] = []  # of the project last asked


def renamed_in(project: ProjectFacts) -> tuple[Renamed, ...]:
    """Give the names of a project; worked out once for the one last asked."""
    if not _last or _last[0][0] is not project:
        found = (Renamed(name, names) for name, names in project.renamed)
        _last[:] = [(project, tuple(found))]
    return _last[0][1]
