"""How a task of a plan ended, in one word and a sentence that shows it."""

from dataclasses import dataclass
from enum import StrEnum


class TaskStatus(StrEnum):
    """How a task ended."""

    DONE = "done"
    NOTHING = "nothing to do"
    PARTLY = "partly"
    HUMAN = "needs a human"
    OPEN = "not finished"


@dataclass(frozen=True, slots=True)
class TaskPart:
    """One half of a task, repairs or new tests: its status, and the sentence that shows it."""

    status: TaskStatus
    evidence: str


def together(parts: list[TaskStatus], *, finished: bool) -> TaskStatus:
    """Give the status of a task of one or two parts; what an unfinished run left undone is open."""
    kinds = set(parts) - {TaskStatus.NOTHING}
    if not kinds:
        return TaskStatus.NOTHING if parts else TaskStatus.HUMAN
    if len(kinds) == 1:
        only = kinds.pop()
        return TaskStatus.OPEN if only is TaskStatus.HUMAN and not finished else only
    return TaskStatus.PARTLY if finished else TaskStatus.OPEN
