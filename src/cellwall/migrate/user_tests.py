"""What a run's branch holds of tests of two users: in modules that capabilities wrote, and where none is."""

from collections.abc import Callable, Iterable
from typing import Any

from cellwall.migrate.capabilities.capability import NewTests
from cellwall.migrate.capabilities.registry import all_capabilities
from cellwall.migrate.context_use import ContextUse, user_makers
from cellwall.migrate.proved_tests import proved_tests
from cellwall.migrate.scope import Scope
from cellwall.migrate.state import State
from cellwall.migrate.two_user_tests import areas_of, two_user_tests
from cellwall.project.config import ProjectConfig
from cellwall.testing.leaky_doubles.making import doubles_of

Read = Callable[[str], bytes]


def bare_modules(
    modules: Iterable[tuple[str, bytes]], scope: Scope, project: ProjectConfig
) -> list[dict[str, Any]]:
    """Give {path, agents, roles, areas} of the modules without a test of two users."""
    use, agents, makers = ContextUse(project.roles), _agents(scope), user_makers(project.roles)
    return [
        {
            "path": path,
            "agents": agents.get(path, []),
            "roles": use.roles(source),
            "areas": areas_of(path, project.critical),
        }
        for path, source in modules
        if not two_user_tests(source, makers)
    ]


def user_tests(state: State, read: Read, project: ProjectConfig) -> list[dict[str, Any]]:
    """Give {test, role, agent, proved} of the tests of two users in modules that capabilities wrote.

    Those of this run count where the gate saw them fail when their role leaks; those that stood there
    before it are taken as they are, and are not called proved.
    """
    makers, rows = user_makers(project.roles), list[dict[str, Any]]()
    names: dict[str, list[str]] = {}

    def of_two_users(path: str) -> list[str]:
        return names.setdefault(path, two_user_tests(read(path), makers))

    for each in proved_tests(state):
        path, _, name = each.test.partition("::")
        if name.partition("[")[0] in of_two_users(path):
            rows.append({"test": each.test, "role": each.role, "agent": each.agent, "proved": True})
    for row in state.surveyed.present if state.surveyed else ():
        tests = _written().get(row["capability"])
        for name in of_two_users(row["path"]) if tests else ():
            role = tests.roles.get(name, tests.role) if tests else ""
            rows.append(
                {"test": f"{row['path']}::{name}", "role": role, "agent": row["agent"], "proved": False}
            )
    return rows


def _written() -> dict[str, NewTests]:
    return {each.name: each.new_tests for each in all_capabilities() if each.new_tests}


def entry_roles(project: ProjectConfig) -> list[str]:
    """Give the roles that the project configures and that can leak on purpose, sorted."""
    roles = project.roles.by_name.values()
    return sorted(role.name for role in roles if role.line and doubles_of(role.name))


def _agents(scope: Scope) -> dict[str, list[int]]:
    owners = {path: [agent] for agent, paths in scope.owned.items() for path in paths}
    return owners | {overlap.path: list(overlap.agents) for overlap in scope.survey.overlaps}
