"""Judges the critical paths: their test modules, and the roles by which requests reach a user's things."""

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.together import together
from cellwall.migrate.criteria.two_users import proved_roles, two_users
from cellwall.migrate.state import State


def critical_paths(state: State) -> Judgement:
    """Judge modules and roles together; where no module is critical, the roles alone."""
    modules, roles = two_users(state, "critical"), proved_roles(state)
    if roles is None:
        return modules
    measured = state.findings_after
    none = measured is not None and measured.two_users.get("critical", {}).get("modules") == 0
    return together([roles] if none else [modules, roles])
