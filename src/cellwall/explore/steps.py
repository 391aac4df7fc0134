"""The steps of one run with the place in the code that each came to, for the diagram."""

import sysconfig
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, final

from cellwall.explore.lane import Lane
from cellwall.explore.stuck import frames_of

_HOUSE = PurePath(__file__).parents[1]
_OURS = tuple(str(_HOUSE / room) for room in ("explore", "canary", "testing"))  # what runs and watches a test
_LIBRARIES = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"))


@final
@dataclass(frozen=True, slots=True)
class Step:
    """One step: the lane that made it, whether that is a handler, and where the lane waits after it.

    `path` and `line` are empty when the lane has ended or is no task. `marks` are what was seen in the step:
    a cancellation, a leak.
    """

    lane: str
    handler: bool
    path: str
    line: int
    function: str
    time: float
    ended: bool
    marks: tuple[str, ...] = ()


def step_of(lane: Lane, time: float) -> Step:
    """Give the step that the lane has just made."""
    task = lane.task
    if task is None:
        return Step(lane.name, lane.handler, "", 0, "", time, False)
    frame = None if task.done() else _own_frame(frames_of(task))
    if frame is None:
        return Step(lane.name, lane.handler, "", 0, "", time, task.done())
    code = frame.f_code
    return Step(lane.name, lane.handler, code.co_filename, frame.f_lineno, code.co_name, time, False)


def _own_frame(frames: list[Any]) -> Any:
    """Give the innermost frame outside of libraries and of what runs the test, else the innermost one."""
    for frame in reversed(frames):
        path = frame.f_code.co_filename
        if not path.startswith((*_LIBRARIES, *_OURS)) and "site-packages" not in path:
            return frame
    return frames[-1] if frames else None
