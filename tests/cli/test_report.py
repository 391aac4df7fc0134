import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cellwall.cli.main import main
from cellwall.migrate.fake_run import RunBuilder, halfway, whole
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.run_directory import RunDirectory

FIRST, SECOND = "20250902-120000000-aaaa", "20250902-130000000-bbbb"
WriteRun = Callable[[str, RunBuilder | None], RunDirectory]


def report(repo: Repository, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["report", "--repo", str(repo.root), *arguments])


def test_markdown_of_the_latest_run_by_default(run_repo: Repository, write_run: WriteRun) -> None:
    write_run(FIRST, halfway())
    write_run(SECOND, whole())
    result = report(run_repo)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("# How it went\n")
    assert f"- Run: {SECOND} (finished" in result.stdout
    assert f"- Run: {FIRST} (unfinished" in report(run_repo, FIRST).stdout


@pytest.mark.parametrize(("form", "start"), [("html", "<!doctype html>"), ("json", "{"), ("md", "# How")])
def test_every_format(run_repo: Repository, write_run: WriteRun, form: str, start: str) -> None:
    write_run(FIRST, whole())
    assert report(run_repo, "--format", form).stdout.startswith(start)


def test_json_is_json(run_repo: Repository, write_run: WriteRun) -> None:
    write_run(FIRST, whole())
    assert json.loads(report(run_repo, "--format", "json").stdout)["files_updated"] == 6


def test_output_goes_to_a_file_whole(run_repo: Repository, write_run: WriteRun, tmp_path: Path) -> None:
    write_run(FIRST, whole())
    target = tmp_path / "out" / "report.html"
    target.parent.mkdir()
    target.write_text("old")
    result = report(run_repo, "--format", "html", "--output", str(target))
    assert (result.exit_code, result.stdout) == (0, "")
    assert str(target) in result.stderr
    assert target.read_text(encoding="utf-8").endswith("</html>\n")
    assert [path.name for path in target.parent.iterdir()] == ["report.html"]


def test_output_that_cannot_be_written_is_one_clear_line(
    run_repo: Repository, write_run: WriteRun, tmp_path: Path
) -> None:
    write_run(FIRST, whole())
    result = report(run_repo, "--output", str(tmp_path / "missing" / "report.md"))
    assert result.exit_code == 3
    assert result.stderr.count("\n") == 1
    assert "report.md" in result.stderr


def test_no_run_is_one_clear_line(run_repo: Repository) -> None:
    result = report(run_repo)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "has no run yet" in result.stderr


def test_an_unknown_format_is_refused(run_repo: Repository) -> None:
    assert report(run_repo, "--format", "pdf").exit_code == 2
