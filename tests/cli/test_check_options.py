"""What a linter's user expects of `cellwall check`: selection, baseline, formats, changed lines, editors."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cellwall.cli import check_watch
from cellwall.cli.check_options import CheckOptions
from cellwall.cli.main import main

BAD = (
    "from app.agents import AgentRegistry\n\n\ndef test_a(user_context):\n    AgentRegistry.get_agent('x')\n"
)


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repo"
    (root / "tests").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[tool.cellwall]\n")
    (root / "tests" / "test_a.py").write_text(BAD)
    monkeypatch.chdir(root)
    return root


def check(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *arguments], input=text)


def test_selection_on_the_command_line_and_in_the_table(repo: Path) -> None:
    assert check("--select", "CW102,CW99").exit_code == 2
    assert check("--select", "CW101").exit_code == 1
    assert check("--ignore", "global-registry-access").exit_code == 0
    assert check("--select", "CW102", "--extend-select", "CW101").exit_code == 1
    (repo / "pyproject.toml").write_text("[tool.cellwall.check]\nignore = ['CW101']\n")
    assert check().exit_code == 0
    (repo / "pyproject.toml").write_text(
        "[tool.cellwall.check]\npreview = true\nignore = ['shared-sesion']\n"
    )
    for arguments, code in (((), 2), (("--select", "CW101"), 2)):
        result = check(*arguments)
        assert result.exit_code == code
        assert (
            "pyproject.toml:3: no rule is called 'shared-sesion'; did you mean 'shared-session'?"
            in result.stderr
        )
    assert check("--select", "CW9999").stderr.startswith("cellwall check: no rule is called 'CW9999'")
    (repo / "pyproject.toml").write_text("[tool.cellwall.check]\nignored = ['CW101']\n")
    result = check()
    assert result.exit_code == 2
    assert "pyproject.toml:2" in result.stderr and "did you mean 'ignore'?" in result.stderr


def test_what_git_ignores_is_left_out_unless_it_is_named(repo: Path) -> None:
    (repo / ".gitignore").write_text("tests\n")
    assert "0 files" in check().output
    assert "tests/test_a.py:5:5" in check("tests/test_a.py").output
    (repo / "pyproject.toml").write_text("[tool.cellwall.check]\nrespect-gitignore = false\n")
    assert "tests/test_a.py:5:5" in check().output


def test_a_baseline_accepts_what_is_there(repo: Path) -> None:
    assert check("--write-baseline").exit_code == 2
    assert check("--write-baseline", "--baseline", "base.json").exit_code == 0
    accepted = check("--baseline", "base.json")
    assert accepted.exit_code == 0
    assert "1 in the baseline" in accepted.output
    path = repo / "tests" / "test_a.py"
    path.write_text("\n\n" + BAD + "    AgentRegistry.get_agent('new')\n")
    (repo / "pyproject.toml").write_text("[tool.cellwall.check]\nbaseline = 'base.json'\n")
    result = check()
    assert result.exit_code == 1
    assert result.output.count("error:") == 1 and "tests/test_a.py:8:5" in result.output
    path.write_text("")
    assert "1 of the baseline gone" in check().output
    assert "gone" not in check("tests").output
    assert check("--baseline", "none.json").exit_code == 2


def test_suppressions_are_added_for_what_is_there(repo: Path) -> None:
    result = check("--add-suppressions", "--reason", "adopted in May")
    assert (result.exit_code, "1 suppressed" in result.output) == (0, True)
    assert (
        "# cellwall: allow[global-registry-access] adopted in May" in (repo / "tests/test_a.py").read_text()
    )
    assert check("--strict").exit_code == 0


def test_statistics_and_exit_zero(repo: Path) -> None:
    result = check("--statistics", "--exit-zero")
    assert result.exit_code == 0
    assert result.output.splitlines()[:2] == ["found:", "      1  CW101 global-registry-access"]
    told = json.loads(check("--statistics", "--format", "json").stdout)
    assert told == [{"code": "CW101", "rule": "global-registry-access", "count": 1, "fixable": 1}]


def test_what_is_not_there_or_not_known_is_said(repo: Path) -> None:
    result = check("tests/nothing\r\n")
    assert (result.exit_code, result.stderr) == (
        2,
        "cellwall check: tests/nothing\\r\\n: there is no such file or folder\n",
    )
    (repo / "empty").mkdir()
    result = check("empty")
    assert result.exit_code == 0 and "nothing to check" in result.stderr
    for asked, meant in (("chek", "Did you mean 'check'?"), ("zzz", "There are audit, check,")):
        result = CliRunner().invoke(main, [asked])
        assert result.exit_code == 2 and meant in result.stderr
    assert "Did you mean '--format'?" in check("--forma").stderr.replace("  ", " ")


@pytest.mark.parametrize("form", ["text", "concise", "json", "jsonl", "github", "gitlab", "junit", "sarif"])
def test_every_format_tells_the_place(form: str, repo: Path) -> None:
    result = check("--format", form)
    assert result.exit_code == 1
    assert "test_a.py" in result.stdout and "CW101" in result.stdout


def test_the_report_goes_to_a_file(repo: Path) -> None:
    for form in ("json", "text"):
        result = check("--format", form, "--output-file", "nowhere/report")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "--output-file nowhere/report: cannot be written (No such file" in result.stderr
        result = check("--format", form, "--output-file", "report")
        assert (result.exit_code, result.output) == (1, "")
        assert "CW101" in (repo / "report").read_text()
    (repo / "link").symlink_to("report")
    (repo / "report").write_text("")
    check("--output-file", "link")
    assert (repo / "link").is_symlink() and "CW101" in (repo / "report").read_text()
    check("--output-file", "/dev/null")
    assert Path("/dev/null").is_char_device()
    assert check("--output-file", "tests").exit_code == 2
    shown = check("--diff", "--output-file", "report")
    assert shown.output.startswith("--- a/tests") and "CW101" in (repo / "report").read_text()


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": ""}, False),
    ],
)
def test_colours(
    variables: dict[str, str], coloured: bool, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in check().output) is coloured
    assert "\x1b[" not in check("--format", "sarif").output


def test_what_is_excluded_is_left_out_though_it_is_named(repo: Path) -> None:
    (repo / "pyproject.toml").write_text("[tool.cellwall]\nexclude = ['tests/']\n")
    (repo / ".gitignore").write_text("/made/\n")
    (repo / "made").mkdir()
    (repo / "made" / "test_b.py").write_text(BAD)
    (repo / "test_c.py").write_text(BAD)
    named = ["tests/test_a.py", "made/test_b.py", "test_c.py"]
    assert "3 files: 3 errors" in check(*named).output
    result = check("--force-exclude", *named)
    assert "1 file: 1 error" in result.output and "test_c.py:5:5" in result.output
    assert "0 files" in check("--force-exclude", named[0]).output
    for name in named[:2]:
        editor = ("-", "--stdin-filename", name)
        assert "1 file: 1 error" in check(*editor, text=BAD).output
        assert "0 files: 0 errors" in check(*editor, "--force-exclude", text=BAD).output
        assert check(*editor, "--force-exclude", "--fix", text=BAD).stdout == BAD


def test_only_changed_lines(repo: Path) -> None:
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *words], check=True)
    assert check("--since", "HEAD").exit_code == 0
    path = repo / "tests" / "test_a.py"
    path.write_text(BAD + "    AgentRegistry.get_agent('y')\n")
    result = check("--since", "HEAD")
    assert result.exit_code == 1
    assert "test_a.py:6:5" in result.output and "test_a.py:5:5" not in result.output
    assert check("--since", "no-such").exit_code == 2
    silenced = check("--since", "HEAD", "--add-suppressions", "--reason", "new")
    assert "1 suppressed" in silenced.output and silenced.exit_code == 0
    assert path.read_text().count("allow[") == 1 and path.read_text().endswith("] new\n")
    path.write_text("import os\n" + BAD + "    AgentRegistry.get_agent('y')\n    print(os)\n")
    assert "-    AgentRegistry.get_agent('x')" not in check("--since", "HEAD", "--diff").stdout
    fixed = check("--since", "HEAD", "--fix")
    assert fixed.exit_code == 0 and "1 repaired" in fixed.output and "0 errors" in fixed.output
    assert "AgentRegistry.get_agent('x')\n    agent_instance_factory" in path.read_text()


def test_an_editor_s_text(repo: Path) -> None:
    result = check("-", "--stdin-filename", "tests/test_new.py", "--format", "json", text=BAD)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["findings"][0]["path"] == "tests/test_new.py"
    fixed = check("--stdin-filename", "tests/test_new.py", "--fix", text=BAD)
    assert fixed.exit_code == 0
    assert "agent_instance_factory.create_agent('x', user_context)" in fixed.stdout
    assert "1 repaired" in fixed.stderr and "repaired" not in fixed.stdout
    shown = check("--stdin-filename", "tests/test_new.py", "--diff", text=BAD)
    assert shown.stdout.startswith("--- a/tests/test_new.py")
    assert check("-", text=BAD).exit_code == 2
    assert check("--stdin-filename", "/etc/x.py", text=BAD).exit_code == 2
    assert not (repo / "tests/test_new.py").exists()


def test_the_cache_changes_nothing_that_is_said(repo: Path) -> None:
    first = check("--format", "json").stdout
    assert (repo / ".cellwall_cache").is_dir()
    assert check("--format", "json").stdout == first
    (repo / "tests/test_a.py").write_text(BAD.replace("get_agent", "other"))
    assert check("--format", "json").stdout == check("--format", "json", "--no-cache").stdout != first


def test_a_rule_that_fails_ends_with_two(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise TypeError("oops")

    monkeypatch.setattr("cellwall.check.rules.shared_session.SharedSession.check", failing)
    (repo / "tests/test_a.py").write_text(BAD + "session = Session()\n")
    for _ in range(2):
        result = check("--exit-zero")
        assert result.exit_code == 2
        assert "the rule CW103 shared-session failed: TypeError: oops" in result.output
        assert "tests/test_a.py:5:5" in result.output


def test_watching_checks_after_each_change_until_it_is_interrupted(repo: Path) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 1:
            (repo / "tests/test_a.py").write_text("x = 1\n# longer\n")
        if len(slept) == 3:
            raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended:
        check_watch.watch(CheckOptions(repo=repo), sleep=sleep)
    assert ended.value.code == 0
    assert len(slept) == 3


def test_what_is_watched(repo: Path) -> None:
    def save_as_editors_do(name: str, text: str, *, like: Path | None = None) -> None:
        (repo / "new").write_text(text)
        if like is not None:
            os.utime(repo / "new", ns=(like.stat().st_atime_ns, like.stat().st_mtime_ns))
        (repo / "new").replace(repo / name)

    test = repo / "tests" / "test_a.py"
    steps: list[Callable[[], object]] = [
        lambda: save_as_editors_do("tests/test_a.py", BAD.replace("test_a", "test_b"), like=test),
        lambda: (repo / "tests" / "pyproject.toml").write_text("[tool.cellwall.check]\n"),
        lambda: (repo / "tests" / "pytest.ini").write_text("[pytest]\n"),
        lambda: (repo / "page.test.ts").write_text("let x = 1;\n"),
        lambda: (repo / "page.test.ts").rename(repo / "side.test.ts"),
        lambda: (repo / "tests" / ".gitignore").write_text("test_a.py\n"),
        lambda: (repo / "base.json").write_text("{}"),
        (repo / "pyproject.toml").unlink,
    ]
    slept = 0

    def sleep(seconds: float) -> None:
        nonlocal slept
        slept += 1
        if slept > 1:
            raise AssertionError("a change was not seen")

    seen = check_watch.changes(repo, [Path("base.json")], sleep=sleep)
    next(seen)
    for step in steps:
        step()
        next(seen)
    (repo / "notes.txt").write_text("x")
    with pytest.raises(AssertionError, match="not seen"):
        next(seen)
    assert slept == 2


def test_a_repair_keeps_mode_mark_encoding_and_line_endings(repo: Path) -> None:
    path = repo / "tests" / "test_a.py"
    text = "# -*- coding: utf-8 -*-\n# ä\n" + BAD
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    path.chmod(0o750)
    latin = repo / "tests" / "test_b.py"
    latin.write_bytes(("# -*- coding: latin-1 -*-\n# ä\n" + BAD).encode("latin-1"))
    assert check("--fix", "--unsafe-fixes").exit_code in (0, 1)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf# -*- coding: utf-8 -*-\r\n# \xc3\xa4\r\n")
    assert b"create_agent" in content and content.count(b"\n") == content.count(b"\r\n")
    assert path.stat().st_mode & 0o777 == 0o750
    latin.read_bytes().decode("latin-1")
    assert b"# \xe4\n" in latin.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--unsafe-fixes", "add --fix, or --diff"),
        ("--include-app", "add --fix, or --diff"),
        ("--reason why", "--add-suppressions writes; add it"),
        ("--statistics --format sarif", "told as text or json, not as sarif"),
        ("--fix --add-suppressions", "repair first"),
        ("--diff --add-suppressions", "repair first"),
        ("--write-baseline --baseline b.json --since HEAD", "accepted elsewhere"),
        ("--write-baseline --baseline b.json --fix", "one after the other"),
        ("--write-baseline --baseline b.json --add-suppressions", "one after the other"),
        ("-", "needs --stdin-filename"),
        ("- tests --stdin-filename a.py", "not both"),
        ("- --stdin-filename a.py --watch", "--watch needs files"),
        ("- --stdin-filename a.py --since HEAD", "--since needs files"),
        ("- --stdin-filename a.py --add-suppressions", "--add-suppressions needs files"),
        ("--stdin-filename a.py --write-baseline --baseline b.json", "--write-baseline needs files"),
        ("--select ,", "--select names no rule"),
        ("--select globl-registry-access", "did you mean 'global-registry-access'?"),
        ("--ignore nothing-like-it", "; `cellwall rule` lists them"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(repo: Path, arguments: str, said: str) -> None:
    result = check(*arguments.split(), text="")
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert (repo / "tests" / "test_a.py").read_text() == BAD
    assert not (repo / "b.json").exists()


def test_a_reason_has_one_line(repo: Path) -> None:
    result = check("--add-suppressions", "--reason", "known\nimport os")
    assert result.exit_code == 2
    assert "a comment has one line" in result.stderr
    assert (repo / "tests" / "test_a.py").read_text() == BAD


def test_a_rule_that_is_ignored_for_files_has_to_be_one(repo: Path) -> None:
    table = "[tool.cellwall.check.per-file-ignores]\n'tests/**' = ['globl-registry-access']\n"
    (repo / "pyproject.toml").write_text(table)
    result = check()
    assert result.exit_code == 2
    assert "did you mean 'global-registry-access'?" in result.stderr
    (repo / "pyproject.toml").write_text(table.replace("globl", "global"))
    assert check().exit_code == 0
