"""The probes of one run: a user who comes after the first one on its very task, and what both exchanged."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, final

from cellwall.canary import CanaryBook
from cellwall.testing.probes import ALL_PROBES, Exchange, Finding, PresenceProbe, Recorder, Trial
from cellwall.testing.probes.left_behind import held_now, newly_held

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
        self._before: Mapping[str, tuple[object, str]] = {}
        self._left: dict[str, str] = {}

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record exchanges for the block."""
        with self._recorder:
            yield

    def exchanges_of(self, user: str) -> Sequence[Exchange]:
        """Give what the user exchanged."""
        return self._recorder.exchanges.get(user, ())

    def first_begins(self) -> None:
        """Note what the task finds."""
        self._before = held_now(sys.modules)

    def first_ended(self) -> None:
        """Note what the task keeps, before the next user comes."""
        self._left = newly_held(self._before, held_now(sys.modules))

    async def probe(
        self, book: CanaryBook, first: Mapping[str, object], second: Mapping[str, object]
    ) -> None:
        """Run every probe on what was gathered, and on both users' fixtures."""
        exchanges = dict(self._recorder.exchanges)
        left = {self.first: self._left}
        trial = Trial(book, self.first, SUCCESSOR, exchanges, left, self._alone, (first, second))
        for probe in ALL_PROBES:
            self.findings += await probe.run(trial)

    @property
    def told(self) -> dict[str, object]:
        """What was done, for the record: the names of the probes, and what is to be looked at but no leak."""
        names = ["next on the same task", *(probe.name for probe in ALL_PROBES)]
        if len(self._alone) < 2:  # two, to tell what differs by itself
            names.remove(PresenceProbe.name)
        return {"probes": names, "notes": [str(found) for found in self.findings if not found.leak]}
