"""The probes of one run: a user who comes after the first one on its very task, and what both exchanged."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, final

from cellwall.canary import CanaryBook
from cellwall.testing.probes import ALL_PROBES, Exchange, Finding, PresenceProbe, Recorder, Trial
from cellwall.testing.probes.left_behind import (
    Held,
    Variables,
    held_of,
    project_modules,
    variables_now,
)

SUCCESSOR: Final = "next"  # the name of the user who comes after the first one


@final
class Probing:
    """What one run with probes gathers; `findings` are there after `probe`.

    Args:
        alone: the successor's exchanges of runs without anybody else; without two, presence is not compared.
    """

    def __init__(self, first: str, alone: Sequence[Sequence[Exchange]] = ()) -> None:
        self.first = first
        self.findings: list[Finding] = []
        self._alone = alone
        self._recorder = Recorder()
        self._before: Variables = {}
        self._left: Held = {}

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record exchanges for the block."""
        with self._recorder:
            yield

    def exchanges_of(self, user: str) -> Sequence[Exchange]:
        """Give what the user exchanged."""
        return self._recorder.exchanges.get(user, ())

    def first_begins(self) -> None:
        """Note what the first user's task holds before its body."""
        self._before = variables_now()

    def first_ended(self, book: CanaryBook) -> None:
        """Note on the first user's task what is kept of it, before the next user comes."""
        self._left = held_of(self.first, book, project_modules(sys.modules.values()), self._before)

    async def probe(
        self,
        book: CanaryBook,
        users: tuple[Mapping[str, object], Mapping[str, object]],
        common: Mapping[str, object],
    ) -> None:
        """Run every probe on what was gathered, on both users' fixtures, and on those of all users."""
        exchanges = dict(self._recorder.exchanges)
        left = {self.first: self._left}
        trial = Trial(book, self.first, SUCCESSOR, exchanges, left, self._alone, users, common)
        for probe in ALL_PROBES:
            self.findings += await probe.run(trial)

    @property
    def told(self) -> dict[str, object]:
        """What was done, for the record: the names of the probes, and what is to be looked at but no leak."""
        names = ["next on the same task", *(probe.name for probe in ALL_PROBES)]
        if len(self._alone) < 2:  # two, to tell what differs by itself
            names.remove(PresenceProbe.name)
        return {"probes": names, "notes": [str(found) for found in self.findings if not found.leak]}
