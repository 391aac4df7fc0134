"""Tells that a rule, or the checker itself, failed on a file: where, and how to go on."""

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


def gate_death(rule: Described) -> RuleError:
    """Give the error for a rule that ends the process when it is asked which files it has to look into."""
    return RuleError(f"the gate of {_died(rule)}")


def rule_death(rule: Described, path: str) -> str:
    """Give one line for a rule that ends the process on a file."""
    return f"{path}: {_died(rule)}"


def file_failure(path: str, error: BaseException) -> str:
    """Give one line for a file that cannot be checked."""
    return (
        f"{path}: could not be checked: {_said(error)} ({_where(error)}); "
        "report it, and leave the file out with `exclude`"
    )


def facts_failure(path: str, error: BaseException, seconds: float) -> str:
    """Give one line for a file of which others cannot be told what they need to know."""
    said = f"was given up after {seconds:.0f} s of work" if _is_slow(error) else f"failed: {_said(error)}"
    return (
        f"{path}: to read what other files need to know of it {said} ({_where(error)}); "
        "report it, and go on with the file in .gitignore"
    )


def _told(rule: Described, error: BaseException) -> str:
    said = "took too long" if _is_slow(error) else f"failed: {_said(error)}"
    return (
        f"the rule {rule.code} {rule.name} {said} ({_where(error)}); "
        f"report it, and go on with --ignore {rule.code}"
    )


def _died(rule: Described) -> str:
    return (
        f"the rule {rule.code} {rule.name} ended the process; report it, and go on with --ignore {rule.code}"
    )


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0][:200]}"


def _where(error: BaseException) -> str:
    """Give the last line that ran: before the limit's own where that ended it."""
    import traceback  # rules hardly ever fail

    frames = traceback.extract_tb(error.__traceback__)
    where = frames[-2 if _is_slow(error) else -1]
    return f"{Path(where.filename).name}:{where.lineno}"


def _is_slow(error: BaseException) -> bool:
    """Tell whether a limit ended it; what is raised by name alone has no line before."""
    return (
        isinstance(error, TooSlow)
        and error.__traceback__ is not None
        and error.__traceback__.tb_next is not None
    )
