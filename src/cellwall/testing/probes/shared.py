"""Objects that two users' fixtures both reach, that can change, and that hold somebody's values."""

from __future__ import annotations

from typing import Final, final

from cellwall.runtime.errors import SharedStateError
from cellwall.sharing import shared_objects
from cellwall.testing.probes.finding import Finding
from cellwall.testing.probes.trial import Trial

LIMIT: Final = 200_000  # objects of one user


@final
class SharedObjectsProbe:
    """A note, no failure: a store that all users share by design holds their values too.

    What is shared and holds nobody's values is not told, unless its library says that it is one user's.
    """

    name = "shared objects"

    async def run(self, trial: Trial) -> list[Finding]:
        """Walk from both users' fixtures."""
        first, second = trial.roots
        names = (trial.first, trial.second)
        try:
            found = shared_objects(first, second, owners_in=trial.book.owners_in, names=names, limit=LIMIT)
        except SharedStateError:  # too many to look at
            return []
        return [
            Finding(self.name, False, trial.first, trial.second, one.first, str(one))
            for one in found
            if one.holds or one.why
        ]
