"""The entry points as programs: the plan's commands run as written, with every option."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cellwall.cli.entry_points import check_command, run_command
from cellwall.cli.run import command as run
from cellwall.migrate.entry_points import plan_writings, write_entry_point
from cellwall.migrate.errors import RunUsageError

LAUNCH = '--agents 8 --pattern "request_isolation" --parallel --validate-after-update'
EXECUTE = (
    "--plan {plan} --agents 8 --timeout 10800 --validate-continuously --report-interval 60 --fail-fast false"
)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    for writing in plan_writings(tmp_path):
        write_entry_point(tmp_path, writing)
    return tmp_path


def program(repo: Path, name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, name, *arguments], cwd=repo, capture_output=True, text=True, check=False
    )


def test_the_launch_command_finds_the_plan_by_its_name(repo: Path) -> None:
    (repo / "BIG_UPDATE_PLAN.md").write_text("# a plan")
    (repo / "README.md").write_text("# no plan")
    script = str(repo / "scripts" / "launch_test_update_agents.py")
    found = run_command(script, shlex.split(LAUNCH))
    assert found[:4] == ["run", str(repo / "BIG_UPDATE_PLAN.md"), "--repo", str(repo)]
    given = run.make_context("run", found[1:]).params
    assert given["plan"] == repo / "BIG_UPDATE_PLAN.md"
    assert (given["agents"], given["pattern"], given["parallel"]) == (8, "request_isolation", True)
    assert given["validate_after_update"] is True


def test_the_execute_command_takes_every_option(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "A_PLAN.md").write_text("# a plan")
    monkeypatch.chdir(repo)
    found = run_command(
        "scripts/execute_parallel_test_update.py", shlex.split(EXECUTE.format(plan="A_PLAN.md"))
    )
    given = run.make_context("run", found[1:]).params
    assert (given["plan"], given["repo"]) == (Path("A_PLAN.md"), repo)
    assert (given["agents"], given["timeout"], given["report_interval"]) == (8, 10800, 60)
    assert (given["validate_continuously"], given["fail_fast"]) == (True, False)


def test_a_plan_is_looked_for_here_and_then_at_the_root(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "A_PLAN.md").write_text("# a plan")
    (repo / "deep").mkdir()
    monkeypatch.chdir(repo / "deep")
    script = str(repo / "scripts" / "execute_parallel_test_update.py")
    assert run_command(script, ["--plan=A_PLAN.md"])[1] == str(repo / "A_PLAN.md")
    assert run_command(script, ["--plan", "gone.md"])[1] == "gone.md"  # `run` says that it is not there
    (repo / "deep" / "A_PLAN.md").write_text("# another")
    assert run_command(script, ["--plan", "A_PLAN.md"])[1] == "A_PLAN.md"


def test_of_several_plans_the_one_that_names_the_program_is_meant(repo: Path) -> None:
    (repo / "A_PLAN.md").write_text("# another")
    (repo / "B_PLAN.md").write_text("python scripts/launch_test_update_agents.py --agents 2")
    script = str(repo / "scripts" / "cellwall_launch_test_update_agents.py")
    assert run_command(script, [])[1] == str(repo / "B_PLAN.md")
    (repo / "A_PLAN.md").write_text("scripts/launch_test_update_agents.py")
    with pytest.raises(RunUsageError, match=r"several plans at .*: A_PLAN.md, B_PLAN.md; .*--plan FILE"):
        run_command(script, [])


def test_without_a_plan_it_says_how_to_give_one(repo: Path) -> None:
    answer = program(repo, "scripts/launch_test_update_agents.py", *shlex.split(LAUNCH))
    assert answer.returncode == 2
    assert answer.stderr == f"error: no file *PLAN.md at {repo}; name the plan with --plan FILE\n"


def test_help_needs_no_plan(repo: Path) -> None:
    answer = program(repo, "scripts/launch_test_update_agents.py", "--help")
    assert answer.returncode == 0
    assert "--fail-fast" in answer.stdout


def test_the_check_command(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = str(repo / "scripts" / "check_isolation_patterns.py")
    assert check_command(script, ["--strict"]) == ["check", "--strict", str(repo)]
    monkeypatch.chdir(repo)
    assert check_command(script, ["--strict"]) == ["check", "--strict", "."]
    assert check_command(script, ["--strict", "tests"]) == ["check", "--strict", "tests"]


def test_the_test_runner_runs_the_repositorys_tests(repo: Path) -> None:
    folder = repo / "tests" / "isolation"
    folder.mkdir(parents=True)
    (folder / "test_it.py").write_text("def test_it(): pass\n")
    (repo / "tests" / "test_other.py").write_text("def test_other(): assert 0\n")
    answer = program(
        repo, "tests/unified_test_runner.py", "--category", "isolation", "-p", "no:cacheprovider"
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "isolation: 1 passed" in answer.stdout


def test_the_audit_reports_on_the_repository(repo: Path) -> None:
    (repo / "service.py").write_text("x = 1\n")
    answer = program(repo, "scripts/security_audit.py", "--focus", "isolation")
    assert answer.returncode == 0, answer.stderr
    assert "looked at: " in answer.stdout
    assert "no application was asked" in answer.stdout
