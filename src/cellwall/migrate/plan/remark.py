"""What `plan lint` has to say of one place. Data only."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a remark is about, in the order in which remarks are shown."""

    CANNOT_RUN = "cannot be executed"
    NO_SCOPE = "agent without scope"
    EMPTY_GLOB = "glob that matches nothing"
    OVERLAP = "file in several scopes"
    ORPHAN = "test file in no scope"
    IDLE_PATTERN = "before-pattern that matches nothing"
    NO_CAPABILITY = "task without capability"
    NO_SPELLING = "task for which a role or a sample is missing"
    NO_CODE = "code that does not parse"
    LAUNCH_OPTION = "launch option that no run has"


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark; `path` is the plan's, or a file's relative to the repository."""

    kind: Kind
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        """Give the line that people read."""
        return f"{self.path}:{self.line}: {self.message}"
