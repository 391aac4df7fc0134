"""The survey as a project configures it: its include and exclude, its test files, no way out by links."""

from collections.abc import Sequence

from pathspec import PathSpec

from cellwall.check.settings import CheckSettings
from cellwall.migrate.plan.model import Plan
from cellwall.migrate.scope_links import refuse_outside_links
from cellwall.migrate.survey import Survey, survey
from cellwall.project.config import ProjectConfig


def survey_project(plan: Plan, project: ProjectConfig, tracked: Sequence[str]) -> Survey:
    """Give who owns which of the tracked regular files.

    Raises:
        PlanError: a scope leaves the repository by a symbolic link.
    """
    refuse_outside_links(plan, project.root)
    is_test = CheckSettings.from_project(project).is_test_file
    return survey(plan, surveyed_paths(project, tracked), is_test=is_test)


def surveyed_paths(project: ProjectConfig, paths: Sequence[str]) -> tuple[str, ...]:
    """Give the paths that `include` and `exclude` leave; an empty `include` means everything."""
    if not project.include and not project.exclude:
        return tuple(paths)
    include = PathSpec.from_lines("gitignore", project.include or ("*",))
    exclude = PathSpec.from_lines("gitignore", project.exclude)
    return tuple(path for path in paths if include.match_file(path) and not exclude.match_file(path))
