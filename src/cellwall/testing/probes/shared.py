"""Objects that two users' fixtures both reach, that can change, and that hold somebody's values."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass
from typing import Final, final

from cellwall.runtime.errors import SharedStateError
from cellwall.sharing import SharedObject, shared_objects
from cellwall.testing.probes.finding import Finding
from cellwall.testing.probes.left_behind import project_modules
from cellwall.testing.probes.trial import Trial

LIMIT: Final = 200_000  # objects of one user
_CONTAINERS: Final = frozenset(
    ("list", "dict", "set", "bytearray", "collections.deque", "collections.defaultdict",
     "collections.OrderedDict", "collections.Counter", "collections.ChainMap")
)  # fmt: skip


@final
class SharedObjectsProbe:
    """A leak is a bare container that holds the first user's values and is part of both users' objects, and
    what its library makes for one user (a database session, a request, a cookie jar with cookies).

    A note is what the test gives to both, reached from a fixture that all users share or from a global of a
    module; and an object of a class of the project's, which may be a store that is meant for all. What is
    shared and holds nobody's values is not told, unless its library says that it is one user's.
    """

    name = "shared objects"

    async def run(self, trial: Trial) -> list[Finding]:
        """Walk from both users' fixtures."""
        try:
            found = _shared(trial, None)
            if any(_is_leak(one, trial.first) for one in found):
                found = _shared(trial, _Common(trial.common, _globals()))
        except SharedStateError:  # too many to look at
            return []
        return [self._told(one, trial) for one in found]

    def _told(self, one: SharedObject, trial: Trial) -> Finding:
        leak = _is_leak(one, trial.first) and not trial.book.permits(trial.first, trial.second, one.second)
        advice = "; make one for each user, or take it from a fixture that all share" if leak else ""
        return Finding(self.name, leak, trial.first, trial.second, one.first, f"{one}{advice}")


@dataclass(slots=True)
class _Common:
    """What all users have in common: the shared fixtures, and the globals of the project's modules."""

    fixtures: object
    globals: object


def _shared(trial: Trial, common: object) -> list[SharedObject]:
    first, second = trial.roots
    found = shared_objects(
        first,
        second,
        owners_in=trial.book.owners_in,
        names=(trial.first, trial.second),
        common=common,
        limit=LIMIT,
    )
    return [one for one in found if one.holds or one.why]


def _is_leak(one: SharedObject, first: str) -> bool:
    return not one.meant and (bool(one.why) or (one.type_name in _CONTAINERS and first in one.holds))


def _globals() -> list[object]:
    """Give the values of the globals; functions, whose defaults may be what leaks, and classes apart.

    pytest's own are left out: they lead to everything, the users of the run included.
    """
    return [
        value
        for module in project_modules(sys.modules.values())
        for name, value in vars(module).items()
        if not name.startswith("__")
        and not isinstance(value, types.FunctionType | types.ModuleType | type)
        and not type(value).__module__.startswith("_pytest.")
    ]
