"""`cellwall plan`: what it prints, and its exit codes 0, 1 and 2."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cellwall.cli.main import main

PLANS = Path(__file__).resolve().parents[1] / "fixtures" / "plans"
REWORDED = PLANS / "reworded_plan.md"
CLEAN = "# P\n## Agent 1: A\n**Scope**: `tests/**`\n**Tasks**:\n1. Replace the registry\n"


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["plan", *map(str, arguments)])


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    (tmp_path / "repo" / "tests").mkdir(parents=True)
    (tmp_path / "repo" / "tests" / "test_a.py").write_text("x = 1\n")
    (tmp_path / "PLAN.md").write_text(CLEAN)
    return tmp_path


def test_show_prints_json() -> None:
    result = _run("show", REWORDED, "--json")
    assert result.exit_code == 0
    assert [agent["number"] for agent in json.loads(result.stdout)["agents"]] == [10, 20, 30, 40, 50]


def test_show_prints_text() -> None:
    result = _run("show", REWORDED)
    assert result.exit_code == 0
    assert "Agent 30: Live Order Board" in result.stdout


def test_lint_of_a_clean_plan(clean: Path) -> None:
    result = _run("lint", clean / "PLAN.md", "--repo", clean / "repo")
    assert (result.exit_code, result.stdout) == (0, "The plan is clean.\n")


def test_lint_with_warnings_shows_a_few_of_each_kind(clean: Path) -> None:
    for number in range(5):
        (clean / "repo" / f"test_{number}.py").write_text("")
    result = _run("lint", clean / "PLAN.md", "--repo", clean / "repo")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "test file in no scope: 5",
        "  test_0.py:1: is in no agent's scope",
        "  test_1.py:1: is in no agent's scope",
        "  test_2.py:1: is in no agent's scope",
        "  ... and 2 more (--verbose shows all)",
        "5 remarks",
    ]
    verbose = _run("lint", clean / "PLAN.md", "--repo", clean / "repo", "--verbose")
    assert "test_4.py:1" in verbose.stdout
    assert "more" not in verbose.stdout


def test_lint_as_json_has_every_remark(clean: Path) -> None:
    (clean / "repo" / "test_b.py").write_text("")
    result = _run("lint", clean / "PLAN.md", "--repo", clean / "repo", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "executable": True,
        "remarks": [
            {
                "kind": "test file in no scope",
                "path": "test_b.py",
                "line": 1,
                "message": "is in no agent's scope",
            }
        ],
    }


def test_lint_follows_the_projects_own_test_files(clean: Path) -> None:
    (clean / "repo" / "pyproject.toml").write_text('[tool.cellwall]\ntest_files = ["specs/**"]\n')
    result = _run("lint", clean / "PLAN.md", "--repo", clean / "repo")
    assert result.exit_code == 2
    assert "no scope reaches a test file" in result.stdout


def test_lint_leaves_out_what_the_project_excludes(clean: Path) -> None:
    (clean / "repo" / "old").mkdir()
    (clean / "repo" / "old" / "test_old.py").write_text("")
    (clean / "repo" / "pyproject.toml").write_text('[tool.cellwall]\nexclude = ["old/**"]\n')
    assert _run("lint", clean / "PLAN.md", "--repo", clean / "repo").exit_code == 0


def test_lint_of_the_example_on_its_own_code() -> None:
    example = Path(__file__).resolve().parents[2] / "examples" / "agent_platform"
    plan = next(example.glob("*PLAN.md"))
    result = _run("lint", plan, "--repo", example, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["executable"]


@pytest.mark.parametrize("command", ["show", "lint"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ":1: the plan is empty"),
        (b"\x00\x01", ":1: has the control character U+0000"),
        (b"# P\n", ":1: the plan has no agents"),
        (b"## Agent 1: A\n## Agent 1: B\n", ":2: agent 1 stands at line 1 already"),
        (b"## Agent 1: A\n**Scope**: `../x`\n", ":2: the scope '../x' leaves the repository by \"..\""),
    ],
)
def test_a_bad_plan_is_refused_in_one_line_and_nothing_is_written(
    tmp_path: Path, command: str, content: bytes, message: str
) -> None:
    path = tmp_path / "PLAN.md"
    path.write_bytes(content)
    result = _run(command, path)
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"Error: {path}{message}")
    assert list(tmp_path.iterdir()) == [path]


def test_lint_refuses_a_scope_that_leaves_by_a_link(clean: Path) -> None:
    shutil.rmtree(clean / "repo" / "tests")
    (clean / "repo" / "tests").symlink_to("/")
    result = _run("lint", clean / "PLAN.md", "--repo", clean / "repo")
    assert result.exit_code == 2
    assert (
        "PLAN.md:3: the scope 'tests/**' leaves the repository by the symbolic link 'tests'" in result.stderr
    )


def test_lint_refuses_a_repository_that_is_not_there(clean: Path) -> None:
    result = _run("lint", clean / "PLAN.md", "--repo", clean / "none")
    assert result.exit_code == 2
    assert "is no folder" in result.stderr


def test_lint_without_a_repository_says_so(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clean)
    result = _run("lint", "PLAN.md")
    assert (result.exit_code, result.stdout) == (0, "The plan is clean.\n")
    assert "give --repo" in result.stderr


def test_lint_says_which_role_a_task_lacks(clean: Path) -> None:
    (clean / "PLAN.md").write_text(f"{CLEAN}2. Test rate limiting per user\n")
    result = _run("lint", clean / "PLAN.md", "--repo", clean / "repo")
    assert result.exit_code == 1
    assert "task for which a role or a sample is missing: 1" in result.stdout
    assert "PLAN.md:6: rate-limiting-per-user cannot write the tests" in result.stdout
