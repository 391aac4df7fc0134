"""Tells that a rule failed on a file: which rule, where in it, and how to go on."""

import traceback
from pathlib import Path

from cellwall.check.described import Described
from cellwall.check.time_limit import TooSlow


class RuleError(ValueError):
    """A rule cannot run over any file; the text says which one, why, and how to go on."""


def gate_failure(rule: Described, error: BaseException) -> RuleError:
    """Give the error for a rule that cannot say which files it has to look into."""
    return RuleError(f"the gate of {_told(rule, error)}")


def file_gate_failure(rule: Described, path: str, error: BaseException, *, last: bool = False) -> str:
    """Give one line for a gate that fails on a file."""
    return f"{path}: {'no rule was asked: ' if last else ''}the gate of {_told(rule, error)}"


def too_slow(rule: Described, path: str, seconds: float, *, last: bool) -> str:
    """Give one line for a rule that has used up a file's time."""
    rest = "; the rules after it were not asked" if last else ""
    return (
        f"{path}: the rule {rule.code} {rule.name} was given up after {seconds:.0f} s of work{rest}; "
        f"report it, and go on with --ignore {rule.code}"
    )


def rule_failure(rule: Described, path: str, error: BaseException) -> str:
    """Give one line for a defect of a rule."""
    return f"{path}: {_told(rule, error)}"


def _told(rule: Described, error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    slow = isinstance(error, TooSlow) and len(frames) > 1
    where = frames[-2 if slow else -1]  # the last one of a limit is the limit's own
    said = f"{type(error).__name__}: {str(error).partition(chr(10))[0][:200]}"
    return (
        f"the rule {rule.code} {rule.name} {'took too long' if slow else f'failed: {said}'} "
        f"({Path(where.filename).name}:{where.lineno}); report it, and go on with --ignore {rule.code}"
    )
