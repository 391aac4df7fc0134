"""A schedule: where a run deviates from first come, first served, as a value and as a short text.

    1:py3.11:s7:alice.3=bob,bob@2,@:x.alice.2:y.bob.4

reads: format 1, Python 3.11, seed 7; before alice's step 3 run bob, bob twice more, then let the clock pass;
cancel alice as soon as she waits after her step 2; cancel bob when he is about to go on after his step 4. No
character of it needs quotes in a shell.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, final
from urllib.parse import unquote

from cellwall.explore.errors import ScheduleTextError

CLOCK: Final = ""  # overtaken by the clock: time passes to the next timer
_FORMAT: Final = "1"
_AMPLIFIED: Final = "amplified"
_PLAIN: Final = "/_-"  # beside letters and digits, what a name keeps in the text
_OVERTAKEN: Final = re.compile(r"([^.=,:@]+)\.(\d+)=(.+)")
_CANCELLED: Final = re.compile(r"([xy])\.([^.=,:@]+)\.(\d+)")
HERE: Final = f"{sys.version_info[0]}.{sys.version_info[1]}"


@final
@dataclass(frozen=True, slots=True)
class Overtaking:
    """Before the lane's step of this number, these lanes make a step each, in order; CLOCK lets time pass."""

    lane: str
    step: int
    by: tuple[str, ...]

    def __str__(self) -> str:
        return f"{_quoted(self.lane)}.{self.step}={','.join(_repeated(self.by))}"


@final
@dataclass(frozen=True, slots=True, order=True)
class Cancellation:
    """The handler is cancelled after this step of its own: as soon as it waits, or when it would go on."""

    lane: str
    step: int
    late: bool = False

    def __str__(self) -> str:
        return f"{'y' if self.late else 'x'}.{_quoted(self.lane)}.{self.step}"


@final
@dataclass(frozen=True, slots=True)
class Schedule:
    """The choices of one run; what it does not name goes first come, first served.

    `str(schedule)` is a short text, `Schedule.parse` gives the schedule back. The seed belongs to the
    strategy that found it and says where to look; the run itself needs it only through `Run.seed`.
    """

    overtakings: tuple[Overtaking, ...] = ()
    cancellations: tuple[Cancellation, ...] = ()
    seed: int = 0
    python: str = HERE
    amplified: bool = False  # rewritten awaits pause

    def __str__(self) -> str:
        parts = [_FORMAT, f"py{self.python}", f"s{self.seed}", *([_AMPLIFIED] if self.amplified else ())]
        return ":".join(map(str, [*parts, *self.overtakings, *self.cancellations]))

    @property
    def size(self) -> int:
        """The number of steps that overtake, passings of the clock, and cancellations."""
        return sum(len(overtaking.by) for overtaking in self.overtakings) + len(self.cancellations)

    @classmethod
    def parse(cls, text: str) -> "Schedule":
        """Give the schedule that the text spells; raises ScheduleTextError."""
        head, python, seed, *deviations = [*text.strip().split(":"), "", ""]
        amplified = deviations[:1] == [_AMPLIFIED]
        deviations = [part for part in deviations[amplified:] if part]
        if head != _FORMAT or not re.fullmatch(r"py\d+\.\d+", python) or not re.fullmatch(r"s-?\d+", seed):
            raise ScheduleTextError(
                f"{text[:80]!r} is no schedule: it begins with {_FORMAT}:py{HERE}:s and a number; "
                "copy the whole text that the failure printed"
            )
        overtakings, cancellations = [], []
        for part in deviations:
            if matched := _CANCELLED.fullmatch(part):
                cancellations.append(
                    Cancellation(unquote(matched[2]), int(matched[3]), late=matched[1] == "y")
                )
            elif matched := _OVERTAKEN.fullmatch(part):
                overtakings.append(
                    Overtaking(unquote(matched[1]), int(matched[2]), tuple(_unrepeated(matched[3])))
                )
            else:
                raise ScheduleTextError(f"{part[:80]!r} is no part of a schedule: expected NAME.STEP=NAMES")
        return cls(tuple(overtakings), tuple(cancellations), int(seed[1:]), python[2:], amplified)


PLAIN: Final = Schedule()  # first come, first served


def overtakings_of(pairs: Iterable[tuple[str, int, str]]) -> tuple[Overtaking, ...]:
    """Fold (who was overtaken, at which step, by whom), in the order in which it happened."""
    by: dict[tuple[str, int], list[str]] = {}
    for lane, step, overtaker in pairs:
        by.setdefault((lane, step), []).append(overtaker)
    return tuple(Overtaking(lane, step, tuple(names)) for (lane, step), names in by.items())


def _quoted(name: str) -> str:
    """Spell a name with letters, digits and a few more only."""
    return "".join(
        character
        if character.isascii() and (character.isalnum() or character in _PLAIN)
        else _escaped(character)
        for character in name
    )


def _escaped(character: str) -> str:
    """Give the character percent-encoded; quote() keeps some that the format uses."""
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def _repeated(names: tuple[str, ...]) -> Iterator[str]:
    """Give each name once with how often it stands in a row."""
    for name, group in groupby(names):
        count = len(list(group))
        yield _quoted(name) + (f"@{count}" if count > 1 else "" if name else "@")


def _unrepeated(text: str) -> Iterator[str]:
    """Give the names that _repeated spelled."""
    for part in text.split(","):
        name, at, count = part.partition("@")
        counted = count.isdecimal() if count else bool(name) != bool(at)
        if not counted or int(count or 1) not in range(1, 1_000_001):
            raise ScheduleTextError(f"{part[:80]!r} is no name of a lane, with or without @ and how often")
        yield from [unquote(name)] * int(count or 1)
