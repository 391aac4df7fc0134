import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cellwall.cli.main import main
from cellwall.migrate.events import RunStopped
from cellwall.migrate.fake_run import RunBuilder, halfway, whole
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.run_directory import RunDirectory, lock_path
from cellwall.migrate.run_lock import RunLock

FIRST, SECOND = "20250902-120000000-aaaa", "20250902-130000000-bbbb"
WriteRun = Callable[[str, RunBuilder | None], RunDirectory]


def status(repo: Repository, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["status", "--repo", str(repo.root), *arguments])


def test_the_latest_run_or_the_one_that_is_named(run_repo: Repository, write_run: WriteRun) -> None:
    write_run(FIRST, whole())
    write_run(SECOND, halfway().add(RunStopped("SIGTERM")))
    latest = status(run_repo)
    assert latest.exit_code == 0, latest.output
    assert latest.output.startswith(f"stopped: run {SECOND}")
    assert "Agent 1 (Carts): 66%" in latest.output
    assert "Estimated completion: stopped: SIGTERM" in latest.output
    assert status(run_repo, FIRST).output.startswith(f"finished: run {FIRST}")


def test_a_run_that_holds_the_lock_is_running_and_else_it_was_killed(
    run_repo: Repository, write_run: WriteRun
) -> None:
    write_run(FIRST, halfway())
    assert status(run_repo).output.startswith("killed: ")
    lock = RunLock.acquire(lock_path(run_repo), run_id=FIRST, pid=os.getpid(), host="here", started=1.0)
    try:
        assert status(run_repo).output.startswith("running: ")
    finally:
        lock.release()


def test_the_lock_of_another_run_does_not_make_this_one_alive(
    run_repo: Repository, write_run: WriteRun
) -> None:
    write_run(FIRST, halfway())
    lock = RunLock.acquire(lock_path(run_repo), run_id=SECOND, pid=os.getpid(), host="here", started=1.0)
    try:
        assert status(run_repo, FIRST).output.startswith("killed: ")
    finally:
        lock.release()


def test_json(run_repo: Repository, write_run: WriteRun) -> None:
    write_run(FIRST, halfway())
    data = json.loads(status(run_repo, "--json").output)
    assert (data["run_id"], data["status"], data["files_updated"]) == (FIRST, "killed", 1)
    assert data["validation_queue"] == {"waiting": 1, "running": 0, "passed": 1, "refused": 1}
    assert [agent["percent"] for agent in data["agents"]] == [66, 66]
    assert data["estimated_seconds"] is None


def test_no_run_is_one_clear_line(run_repo: Repository) -> None:
    result = status(run_repo)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == f"Error: {run_repo.root} has no run yet; start one with `cellwall run PLAN.md`\n"


@pytest.mark.parametrize("run_id", ["20990101-000000000-ffff", "../../etc", "x"])
def test_an_unknown_run_is_one_clear_line(run_repo: Repository, write_run: WriteRun, run_id: str) -> None:
    write_run(FIRST, whole())
    result = status(run_repo, run_id)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["status", "--repo", str(tmp_path)])
    assert result.exit_code == 2


def test_a_run_that_ended_before_it_began(run_repo: Repository, write_run: WriteRun) -> None:
    write_run(FIRST, None)
    result = status(run_repo)
    assert result.exit_code == 2
    assert "ended before it began" in result.stderr


def test_a_torn_journal_is_an_error_and_no_traceback(run_repo: Repository, write_run: WriteRun) -> None:
    directory = write_run(FIRST, whole())
    directory.journal.write_bytes(b"not a database, but long enough to look at" * 99)
    result = status(run_repo)
    assert result.exit_code == 3
    assert isinstance(result.exception, SystemExit)


def test_looking_changes_nothing(run_repo: Repository, write_run: WriteRun) -> None:
    directory = write_run(FIRST, whole())
    before = directory.journal.read_bytes()
    status(run_repo)
    assert directory.journal.read_bytes() == before
    assert sorted(path.name for path in directory.path.iterdir() if "sqlite3-" not in path.name) == [
        "journal.sqlite3",
        "patches",
        "run.json",
    ]
