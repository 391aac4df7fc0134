"""What a configuration lacks for a plan's tasks is told before the run, with the task's own line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cellwall.migrate.new_tests.planning import plan_new_tests
from cellwall.migrate.plan.lint_tasks import lint_tasks
from cellwall.migrate.plan.model import Plan
from cellwall.migrate.plan.remark import Kind
from cellwall.project.config import ProjectConfig, load_project

PlanOf = Callable[[str], Plan]
PATHS = ("tests/test_a.py", "pyproject.toml")
HEAD = "## Agent 1: A\n**Scope**: `tests/**`\n**Tasks**:\n"
LIMITER = """
[tool.pytest.ini_options]
asyncio_mode = "auto"
[tool.cellwall.roles.limiter]
import = "from shop.till import may_pay"
create = "may_pay({user_id})"
"""


def project(tmp_path: Path, text: str = "") -> ProjectConfig:
    (tmp_path / "pyproject.toml").write_text(text)
    return load_project(tmp_path)


def told(plan: Plan, config: ProjectConfig) -> list[str]:
    remarks = lint_tasks(plan, config, PATHS)
    assert {remark.kind for remark in remarks} <= {Kind.NO_SPELLING}
    return [str(remark) for remark in remarks]


def test_a_role_that_is_missing(plan_of: PlanOf, tmp_path: Path) -> None:
    plan = plan_of(f"{HEAD}1. Replace the registry\n2. Test rate limiting per user\n")
    (remark,) = told(plan, project(tmp_path))
    assert remark.startswith("PLAN.md:5: rate-limiting-per-user cannot write the tests for 'Test rate")
    assert "`[tool.cellwall.roles]` has no 'limiter'" in remark
    assert told(plan, project(tmp_path, LIMITER)) == []


def test_a_sample_that_is_missing(plan_of: PlanOf, tmp_path: Path) -> None:
    plan = plan_of(f"{HEAD}1. Verify agent state isolation\n")
    (remark,) = told(plan, project(tmp_path, LIMITER))
    assert "`[tool.cellwall.samples]` has no 'agent" in remark


def test_each_sentence_of_one_capability_is_told(plan_of: PlanOf, tmp_path: Path) -> None:
    plan = plan_of(f"{HEAD}1. Test rate limiting per user\n2. Test rate limits per user\n")
    assert [line.split(":")[1] for line in told(plan, project(tmp_path))] == ["4", "5"]


@pytest.mark.parametrize("task", ["Replace the registry", "Paint the vans green"])
def test_what_writes_no_test_lacks_nothing(plan_of: PlanOf, tmp_path: Path, task: str) -> None:
    assert told(plan_of(f"{HEAD}1. {task}\n"), project(tmp_path)) == []


def test_a_run_would_say_the_same(plan_of: PlanOf, tmp_path: Path) -> None:
    plan, config = plan_of(f"{HEAD}1. Test rate limiting per user\n"), project(tmp_path)
    ((_, name, why),) = plan_new_tests(plan, config, {1: ["tests/test_a.py"]}, PATHS).impossible
    assert [line.partition(": ")[2] for line in told(plan, config)] == [
        f"{name} cannot write the tests for 'Test rate limiting per user': {why}"
    ]
