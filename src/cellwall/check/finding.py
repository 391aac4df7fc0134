"""A finding: what a rule found, where, and how to repair it or why not. Data only."""

from enum import StrEnum
from typing import NamedTuple

from cellwall.check.edit import Fix
from cellwall.check.reason import Reason


class Severity(StrEnum):
    """An error is a leak waiting for a second user; a warning may be meant; an info may be out of reach."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"  # never fails a check: whether a request gets there is unknown


class Finding(NamedTuple):
    """One isolation defect at one place.

    Attributes:
        path: relative to the repository, with forward slashes.
        line, column: where it starts, both counted from 1; columns in characters.
        end_line, end_column: where it ends (exclusive column).
        rule, code: the rule's name and address, e.g. "global-registry-access", "CW101".
        message: one sentence for the user.
        fix: how it can be repaired; None when `reason` says why not.
        reason: set exactly when `fix` is None.
        detail: what belongs to the reason here, e.g. the attribute that is missing.
        suppressed: the reason given in `# cellwall: allow[rule] reason`, None when not suppressed.
        excerpt: the source line where it starts, at most 400 characters of it.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    rule: str
    code: str
    message: str
    severity: Severity
    fix: Fix | None = None
    reason: Reason | None = None
    detail: str = ""
    suppressed: str | None = None
    excerpt: str = ""
