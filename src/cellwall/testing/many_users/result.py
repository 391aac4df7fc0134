"""What came of one run of a test as many users: who failed in which phase by what, in the order of time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, final

import pytest

from cellwall.canary import CanaryBook

SET_UP: Final = "set-up"
BODY: Final = "body"
TEARDOWN: Final = "teardown"
PROBE: Final = "probe"


@final
@dataclass(frozen=True, slots=True)
class Failure:
    """One exception; `user` is "" for what all users share."""

    user: str
    phase: str
    error: BaseException


@final
@dataclass(slots=True)
class RunResult:
    """What came of one run.

    Attributes:
        users: their names, in the order in which they were set up.
        failures: in the order of time; those of cancelled users are not among them.
        finished: users whose bodies came to their end.
        cancelled: users who were cancelled, by a schedule or because another one had failed.
        book: tells whose value stands in a text; None where nobody has been told apart.
        sightings: where a value of one user surfaced for another, in words.
        alone: the user whose body ran before all others'; "" where there was none.
        unseen: what could not be seen in this run and why, beyond what never can.
        declared: what users may see of each other by what the test declares, in words.
        output: user to what it printed and logged: title and text.
    """

    users: Sequence[str] = ()
    failures: list[Failure] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    book: CanaryBook | None = None
    sightings: list[str] = field(default_factory=list)
    alone: str = ""
    unseen: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)
    output: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def first(self) -> Failure | None:
        """The first failure that counts: one that is no skip before one that is."""
        real = [each for each in self.failures if not isinstance(each.error, pytest.skip.Exception)]
        return next(iter(real or self.failures), None)

    @property
    def clean(self) -> list[str]:
        """The users who failed in no phase."""
        failing = {each.user for each in self.failures}
        return [user for user in self.finished if user not in failing]

    @property
    def skipping(self) -> list[str]:
        """The users who skipped."""
        return [each.user for each in self.failures if isinstance(each.error, pytest.skip.Exception)]
