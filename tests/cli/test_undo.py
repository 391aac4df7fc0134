"""`cellwall undo`: what it prints, and its exit codes 0, 2 and 3."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from cellwall.cli.main import main
from cellwall.migrate.fake_run import RunBuilder
from cellwall.migrate.run_directory import lock_path
from cellwall.migrate.run_lock import RunLock

FIRST = "20250902-134501123-3fa9"
LATER = "20250903-134501123-3fa9"


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["undo", *map(str, arguments)])


def test_it_removes_the_latest_run_and_says_what(run_repo, write_run) -> None:
    write_run(FIRST, RunBuilder())
    later = write_run(LATER, RunBuilder())
    done = call("--repo", run_repo.root)
    assert (done.exit_code, done.output) == (0, f"removed run directory {later.path}\n")
    done = call(FIRST, "--repo", run_repo.root, "--json")
    assert done.exit_code == 0
    data = json.loads(done.output)
    assert data["run_id"] == FIRST
    assert len(data["removed"]) == 1
    assert not (run_repo.common_dir / "cellwall").exists()


def test_a_second_time_there_is_nothing_and_that_is_no_error(run_repo, write_run) -> None:
    write_run(FIRST, RunBuilder())
    call(FIRST, "--repo", run_repo.root)
    again = call(FIRST, "--repo", run_repo.root)
    assert (again.exit_code, again.output) == (0, f"nothing of run {FIRST} is left\n")
    none = call("--repo", run_repo.root)
    assert (none.exit_code, none.output) == (0, "there is no run to undo\n")
    as_data = call("--repo", run_repo.root, "--json")
    assert json.loads(as_data.output) == {"run_id": None, "removed": []}


def test_what_is_refused_exits_2_with_one_line(run_repo, write_run, tmp_path: Path) -> None:
    write_run(FIRST, RunBuilder())
    lock = RunLock.acquire(lock_path(run_repo), run_id=FIRST, pid=1, host="here", started=0.0)
    for arguments, text in (
        ((FIRST, "--repo", run_repo.root), "the run is alive"),
        (("nonsense", "--repo", run_repo.root), "is no run id"),
        (("--repo", tmp_path), "no git repository"),
    ):
        refused = call(*arguments)
        assert refused.exit_code == 2
        assert text in refused.output
        assert refused.output.count("\n") == 1
    lock.release(remove=True)
