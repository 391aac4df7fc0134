"""Tells that a rule failed on a file: which rule, where in it, and how to go on."""

import traceback
from pathlib import Path

from cellwall.check.described import Described


def rule_failure(rule: Described, path: str, error: Exception) -> str:
    """Give one line for a defect of a rule."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    said = str(error).partition("\n")[0][:200]
    return (
        f"{path}: the rule {rule.code} {rule.name} failed: {type(error).__name__}: {said} "
        f"({Path(where.filename).name}:{where.lineno}); report it, and go on with --ignore {rule.code}"
    )
