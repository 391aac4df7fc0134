"""The survey follows the project's configuration."""

from pathlib import Path

import pytest

from cellwall.migrate.errors import PlanError
from cellwall.migrate.plan.parse import parse_plan
from cellwall.migrate.project_survey import survey_project, surveyed_paths
from cellwall.project.config import ProjectConfig, load_project

PLAN = parse_plan("# P\n## Agent 1: A\n**Scope**: `shop/**`\n", "PLAN.md")
PATHS = ("board/test_b.py", "shop/model.py", "shop/old/test_o.py", "shop/specs/cart.py", "shop/test_a.py")


@pytest.fixture
def project(tmp_path: Path) -> ProjectConfig:
    return load_project(tmp_path)


def test_without_configuration_everything_is_surveyed(project: ProjectConfig) -> None:
    found = survey_project(PLAN, project, PATHS)
    assert found.owned == {1: ("shop/old/test_o.py", "shop/test_a.py")}
    assert found.application == {1: ("shop/model.py", "shop/specs/cart.py")}
    assert found.orphans == ("board/test_b.py",)


def test_include_and_exclude_limit_what_is_surveyed(project: ProjectConfig) -> None:
    limited = project._replace(include=("shop/**",), exclude=("**/old/**",))
    assert surveyed_paths(limited, PATHS) == ("shop/model.py", "shop/specs/cart.py", "shop/test_a.py")
    assert survey_project(PLAN, limited, PATHS).owned == {1: ("shop/test_a.py",)}
    assert surveyed_paths(project._replace(exclude=("shop",)), PATHS) == ("board/test_b.py",)


def test_the_projects_test_files_are_the_test_files(project: ProjectConfig) -> None:
    found = survey_project(PLAN, project._replace(test_files=("**/specs/**",)), PATHS)
    assert found.owned == {1: ("shop/specs/cart.py",)}
    assert found.orphans == ()


def test_a_scope_that_leaves_by_a_link_is_refused(project: ProjectConfig) -> None:
    (project.root / "shop").symlink_to("/")
    with pytest.raises(PlanError, match="leaves the repository by the symbolic link 'shop'"):
        survey_project(PLAN, project, PATHS)
