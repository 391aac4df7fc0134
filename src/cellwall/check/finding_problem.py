"""Tells what a rule gave instead of a finding of the module that it was asked about."""

from typing import TYPE_CHECKING, Final

from cellwall.check.edit import Fix
from cellwall.check.finding import Finding, Severity
from cellwall.check.reason import Reason

if TYPE_CHECKING:
    from cellwall.check.module_facts import ModuleFacts

_NONE: Final = type(None)
_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "rule": (str,),
    "code": (str,),
    "message": (str,),
    "severity": (Severity,),
    "fix": (Fix, _NONE),
    "reason": (Reason, _NONE),
    "detail": (str,),
    "suppressed": (str, _NONE),
    "excerpt": (str,),
}
_NUMBERS: Final = ("line", "column", "end_line", "end_column")


def problem_of(found: object, module: "ModuleFacts") -> str:
    """Say why a value is no finding of `module`, "" where it may be one."""
    if not isinstance(found, Finding):
        return f"it gave {type(found).__name__}, no Finding"
    for name, kinds in _KINDS.items():
        if not isinstance(getattr(found, name), kinds):
            return f"it gave a Finding whose {name} is {type(getattr(found, name)).__name__}"
    if found.path != module.path:
        return "it gave a Finding of another file"
    numbers = [getattr(found, name) for name in _NUMBERS]
    if not all(type(number) is int and number > 0 for number in numbers):
        return "it gave a Finding whose place is not counted from 1"
    last = len(module.lines.starts)
    if found.line > last or found.end_line > last + 1 or (found.end_line, found.end_column) < (found.line, 0):
        return f"it gave a Finding at line {found.line} of a file of {last}"
    return ""
