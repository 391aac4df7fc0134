"""Says in words what a failing schedule did to whom and where, and draws it."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from cellwall.explore import Failure, Overtaking, diagram_html

_MOST: Final = 4  # lines of words
_LONGEST: Final = 60  # characters of a file's name


def words_of(failure: Failure) -> list[str]:
    """Give a line for each cancellation, with the place that it struck, and for each change of order."""
    lines = [*_cancelled(failure), *_overtaken(failure.schedule.overtakings)]
    if not lines:
        return ["first come, first served: no special order is needed"]
    return lines if len(lines) <= _MOST else [*lines[: _MOST - 1], f"and {len(lines) - _MOST + 1} more"]


def drawing_of(failure: Failure) -> str:
    """Give the interleaving as a page."""
    return diagram_html(failure.steps, failure.message, str(failure.schedule)) if failure.steps else ""


def _cancelled(failure: Failure) -> Iterator[str]:
    for cancellation in failure.schedule.cancellations:
        made = [step for step in failure.steps if step.lane == cancellation.lane]
        step = made[cancellation.step - 1] if 0 < cancellation.step <= len(made) else None
        place = f" at {_shown(step.path)}:{step.line} in {step.function}" if step and step.line else ""
        when = "about to go on" if cancellation.late else "waiting"
        yield f"{cancellation.lane} was cancelled while {when}{place}"


def _overtaken(overtakings: Sequence[Overtaking]) -> Iterator[str]:
    for each in overtakings:
        names = ", ".join(dict.fromkeys(name or "time" for name in each.by))
        yield f"{names} went before step {each.step} of {each.lane}"


def _shown(path: str) -> str:
    """Give the path from here, or its end where it lies elsewhere."""
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(Path(*Path(path).parts[-3:]))[-_LONGEST:]
