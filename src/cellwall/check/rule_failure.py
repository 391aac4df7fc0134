"""Tells that a rule failed on a file: which rule, where in it, and how to go on."""

import traceback
from pathlib import Path

from cellwall.check.described import Described


class RuleError(ValueError):
    """A rule cannot run over any file; the text says which one, why, and how to go on."""


def gate_failure(rule: Described, error: Exception) -> RuleError:
    """Give the error for a rule that cannot say which files it has to look into."""
    return RuleError(f"the gate of {_told(rule, error)}")


def rule_failure(rule: Described, path: str, error: BaseException) -> str:
    """Give one line for a defect of a rule."""
    return f"{path}: {_told(rule, error)}"


def _told(rule: Described, error: BaseException) -> str:
    where = traceback.extract_tb(error.__traceback__)[-1]
    said = str(error).partition("\n")[0][:200]
    return (
        f"the rule {rule.code} {rule.name} failed: {type(error).__name__}: {said} "
        f"({Path(where.filename).name}:{where.lineno}); report it, and go on with --ignore {rule.code}"
    )
