"""How a plan's faults are told: path:line, what is wrong, what to try."""

from cellwall.migrate.errors import PlanError


def fault(path: str, line: int, message: str) -> PlanError:
    """Make the error for one place of a plan; lines are counted from 1."""
    return PlanError(f"{path}:{line}: {message}")
