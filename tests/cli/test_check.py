"""`cellwall check` as a user calls it: exit codes, files written and not written, hostile folders."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cellwall.check.fixer import FixResult, fix_source
from cellwall.check.time_limit import TooSlow
from cellwall.cli.main import main

BAD = (
    'from app.agents import AgentRegistry\n\n\ndef test_a(user_context):\n    AgentRegistry.get_agent("x")\n'
)
GOOD = (
    "from app.agents import AgentRegistry\nfrom cellwall import agent_instance_factory\n\n\n"
    'def test_a(user_context):\n    agent_instance_factory.create_agent("x", user_context)\n'
)
PATCHED = "def test_a(monkeypatch):\n    monkeypatch.setattr('app.AgentRegistry.get_agent', None)\n"


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repo"
    (root / "tests").mkdir(parents=True)
    (root / "app").mkdir()
    (root / "pyproject.toml").write_text("[tool.cellwall]\nexclude = ['legacy/**']\n")
    (root / "tests" / "test_a.py").write_text(BAD)
    monkeypatch.chdir(root)
    return root


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


def test_findings_are_listed_and_fail(repo: Path) -> None:
    result = check()
    assert result.exit_code == 1
    assert "tests/test_a.py:5:5: error:" in result.output
    assert "1 file: 1 error, 0 warnings, 1 fixable with --fix" in result.output
    assert (repo / "tests/test_a.py").read_text() == BAD


def test_fix_writes_and_then_all_is_clean(repo: Path) -> None:
    result = check("--fix", "tests")
    assert result.exit_code == 0, result.output
    assert "1 repaired" in result.output
    assert (repo / "tests/test_a.py").read_text() == GOOD
    again = check("--fix")
    assert again.exit_code == 0
    assert "repaired" not in again.output


def test_diff_shows_and_writes_nothing(repo: Path) -> None:
    for arguments in (["--diff"], ["--fix", "--diff"]):
        result = check(*arguments)
        assert result.exit_code == 1
        assert "--- a/tests/test_a.py" in result.stdout
        assert '+    agent_instance_factory.create_agent("x", user_context)' in result.stdout
        assert "files" not in result.stdout and "1 file:" in result.stderr
        assert (repo / "tests/test_a.py").read_text() == BAD


def test_json_is_one_object_on_standard_output(repo: Path) -> None:
    for arguments in ([], ["--diff"]):
        result = check("--format", "json", *arguments)
        assert result.exit_code == 1
        assert json.loads(result.stdout)["findings"][0]["code"] == "CW101"


def test_strict_counts_warnings_and_unparseable_files(repo: Path) -> None:
    (repo / "tests/test_a.py").write_text(PATCHED)
    assert check().exit_code == 0
    assert check("--strict").exit_code == 1
    (repo / "tests/test_a.py").write_text("def broken(:\n")
    result = check()
    assert result.exit_code == 0
    assert "tests/test_a.py:1:1: does not parse" in result.output
    assert check("--strict").exit_code == 1


def test_application_files_wait_for_their_option(repo: Path) -> None:
    (repo / "tests/test_a.py").unlink()
    path = repo / "app/handle.py"
    path.write_text(BAD.replace("test_a", "handle"))
    assert "application code is edited only with --include-app" in check("--fix").output
    assert check("--fix", "--include-app").exit_code == 0
    assert "create_agent" in path.read_text()


def test_excluded_files_are_taken_when_they_are_named(repo: Path) -> None:
    (repo / "legacy").mkdir()
    (repo / "legacy/test_b.py").write_text(BAD)
    assert "legacy" not in check().output
    assert "0 files" in check("legacy").output
    assert "legacy/test_b.py:5:5" in check("legacy/test_b.py").output


def test_one_rule_can_be_chosen(repo: Path) -> None:
    assert check("--rule", "CW102").exit_code == 0
    assert check("--rule", "global-registry-access").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere"],
        ["/etc"],
        [".."],
        ["tests/../../x"],
        ["--rule", "nonsense"],
        ["--format", "xml"],
        ["--repo", "none"],
    ],
)
def test_what_cannot_start_exits_2(arguments: list[str], repo: Path) -> None:
    result = check(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_broken_configuration_exits_2_with_its_place(repo: Path) -> None:
    (repo / "pyproject.toml").write_text("[tool.cellwall]\nnonsense = 1\n")
    result = check()
    assert result.exit_code == 2
    assert "pyproject.toml:2" in result.output


def test_a_linked_file_is_neither_read_nor_written(repo: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text(BAD)
    (repo / "tests/test_link.py").symlink_to(outside)
    result = check("--fix")
    assert "test_link" not in result.output
    assert outside.read_text() == BAD


def test_a_file_that_cannot_be_written_is_said_and_fails(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = check("--fix")
    assert result.exit_code == 1
    assert "No space left on device" in result.output
    assert "tests/test_a.py:5:5: error" in result.output
    assert (repo / "tests/test_a.py").read_text() == BAD


def test_the_repository_is_found_from_a_folder_inside(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo / "tests")
    assert "tests/test_a.py:5:5" in check("test_a.py").output
    monkeypatch.chdir("/")
    assert "tests/test_a.py:5:5" in check("--repo", str(repo)).output
    assert "tests/test_a.py:5:5" in check("--repo", str(repo), "tests").output


def test_a_repair_that_takes_too_long_is_given_up(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object, **__: object) -> None:
        raise TooSlow

    monkeypatch.setattr("cellwall.check.fixer.fix_source", endless)
    result = check("--fix", "--no-cache")
    assert result.exit_code == 1
    assert "tests/test_a.py: its repair was given up after 60 s of work" in result.output


def test_a_file_whose_facts_cannot_be_taken_is_told_and_the_rest_is_checked(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object, path: str, source: bytes) -> None:
        if path == "app/b.py":
            raise RecursionError("too deep")

    (repo / "app" / "b.py").write_text("x = 1\n")
    monkeypatch.setattr("cellwall.check.re_exports.ReExports.add", fail)
    text = CliRunner().invoke(main, ["check", "-", "--stdin-filename", "tests/test_a.py"], input=BAD)
    for result in (check(), check("tests"), text):
        assert result.exit_code == 2
        assert "app/b.py: to read what other files need to know of it failed: RecursionError: too deep (" in (
            result.output
        )
        assert "tests/test_a.py:5:5" in result.output
    (repo / ".gitignore").write_text("/app/b.py\n")
    assert check().exit_code == 1


def test_what_changes_while_it_is_repaired_is_left_alone(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(path: str, source: bytes, *rest: Any, **more: Any) -> FixResult:
        result = fix_source(path, source, *rest, **more)
        (repo / path).write_text("theirs = 1\n")
        return result

    monkeypatch.setattr("cellwall.check.fixer.fix_source", slow)
    result = check("--fix", "--no-cache")
    assert result.exit_code == 1
    assert "tests/test_a.py: was changed by somebody else meanwhile" in result.output
    assert (repo / "tests/test_a.py").read_text() == "theirs = 1\n"


def test_a_folder_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    result = check()
    assert result.exit_code == 2
    assert "the current folder is gone; go to one that is there" in result.output


def test_an_interrupted_check_ends_as_shells_expect(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cellwall.cli.check_run.prepare", interrupted)
    result = check()
    assert result.exit_code == 130
    assert "interrupted" in result.output


def test_what_cannot_be_looked_at_is_told(repo: Path) -> None:
    os.mkfifo(repo / "tests" / "pipe.py")
    (repo / "link").symlink_to("tests")
    told = "tests/pipe.py:1:1: does not parse: cannot be read: not a regular file"
    for arguments in ([], ["tests"], ["tests/pipe.py"]):
        assert check(*arguments).output.count(told) == 1
    assert told not in check("app").output
    assert check("--strict", "tests/pipe.py").exit_code == 1
    result = check("link")
    assert result.exit_code == 2
    assert f"link: links are not followed; name the folder {repo / 'tests'} itself" in result.output
