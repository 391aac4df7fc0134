"""Finds what a repository's configuration lacks for the tests that a plan's tasks ask for. Reads no file."""

from collections.abc import Iterator, Sequence

from cellwall.migrate.languages import is_python
from cellwall.migrate.new_tests.planning import plan_new_tests
from cellwall.migrate.plan.model import Plan
from cellwall.migrate.plan.remark import Kind, Remark
from cellwall.migrate.project_survey import survey_project
from cellwall.migrate.scope import is_shared
from cellwall.migrate.tasks_matched import task_match
from cellwall.project.config import ProjectConfig


def lint_tasks(plan: Plan, project: ProjectConfig, paths: Sequence[str]) -> list[Remark]:
    """Give a remark for each task whose new tests lack something: a role, a sample, a place.

    A run of the plan would leave the same tasks to a human, for the same reasons.

    Args:
        plan: its tasks ask for tests.
        project: its roles and samples spell them.
        paths: every regular file of the repository.

    Raises:
        PlanError: a scope leaves the repository by a symbolic link.
    """
    owned = survey_project(plan, project, paths).owned.items()
    modules = {
        number: [path for path in paths if is_python(path) and not is_shared(path)] for number, paths in owned
    }
    missing = plan_new_tests(plan, project, modules, paths).impossible
    return [remark for agent, name, why in missing for remark in _remarks(plan, agent, name, why)]


def _remarks(plan: Plan, agent: int, capability: str, why: str) -> Iterator[Remark]:
    tasks = [task for a in plan.agents if a.number == agent for task in a.tasks]
    for task in tasks:
        if task_match(task.text).capability == capability:
            message = f"{capability} cannot write the tests for {task.text!r}: {why}"
            yield Remark(Kind.NO_SPELLING, plan.path, task.line, message)
