"""Undo removes what a run made and nothing else; it refuses where something of the user's would be lost."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cellwall.migrate.batch import FileChange
from cellwall.migrate.errors import RepositoryError, RunUsageError, StorageError
from cellwall.migrate.fingerprint import fingerprint
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.git.trailer import message_with_trailer
from cellwall.migrate.journal import Journal
from cellwall.migrate.run_directory import RunDirectory, list_runs, lock_path
from cellwall.migrate.run_lock import RunLock
from cellwall.migrate.undo import undo
from cellwall.migrate.workspaces import WorkspaceFarm

RUN_ID = "20250902-134501123-3fa9"
OTHER_ID = "20250903-134501123-3fa9"


def make_run(repo: Repository, temp: Path, run_id: str = RUN_ID) -> RunDirectory:
    """Leave what a run of two merged batches leaves when it is killed."""
    base = tip = repo.head_commit()
    run = RunDirectory.create(repo, run_id, base=base, temp_root=temp)
    Journal.create(run.journal).close()
    repo.create_ref(run.ref, base)
    for number in (1, 2):
        change = FileChange(f"new{number}", None, run_id.encode())
        message = message_with_trailer("Change", f"{run_id}/a01-b00{number}")
        commit = repo.commit_changes(tip, [change], message=message, at=number)
        repo.move_ref(run.ref, commit, tip)
        tip = commit
    WorkspaceFarm(repo, run).add("one", tip)
    return run


def do(repo: Repository, run_id: str = RUN_ID) -> tuple[str, ...]:
    return undo(repo, run_id, pid=os.getpid(), host="here", at=1.0)


def trace_of(repo: Repository, temp: Path) -> list[str]:
    """Give every path that a run may have made."""
    own = [
        *repo.common_dir.glob("cellwall/**/*"),
        *repo.common_dir.glob("worktrees/**/*"),
        *temp.glob("cellwall-*"),
    ]
    return sorted(str(path) for path in (*own, *repo.common_dir.glob("refs/heads/cellwall/*")))


def test_it_removes_all_of_the_run_and_tells(repo, tmp_path: Path, git) -> None:
    before = fingerprint(repo)
    run = make_run(repo, tmp_path)
    removed = do(repo)
    assert [line.rpartition(" ")[0] for line in removed] == [
        "temporary",
        "temporary",
        "branch",
        "run directory",
    ]
    assert f"branch cellwall/{RUN_ID}" in removed
    assert f"run directory {run.path}" in removed
    assert trace_of(repo, tmp_path) == []
    assert not (repo.common_dir / "cellwall").exists()
    assert git(repo.root, "branch", "--list") == "* main"
    assert fingerprint(repo) == before
    assert do(repo) == ()


def test_it_leaves_other_runs_alone(repo, tmp_path: Path) -> None:
    make_run(repo, tmp_path, OTHER_ID)
    before = trace_of(repo, tmp_path)
    make_run(repo, tmp_path)
    do(repo)
    assert trace_of(repo, tmp_path) == before
    assert list_runs(repo) == [OTHER_ID]
    do(repo, OTHER_ID)
    assert trace_of(repo, tmp_path) == []


def test_a_run_that_is_alive_is_not_touched(repo, tmp_path: Path) -> None:
    make_run(repo, tmp_path)
    lock = RunLock.acquire(lock_path(repo), run_id=RUN_ID, pid=4711, host="here", started=0.0)
    before = trace_of(repo, tmp_path)
    with pytest.raises(RepositoryError, match=f"the run is alive .run {RUN_ID}, pid 4711"):
        do(repo)
    assert trace_of(repo, tmp_path) == before
    lock.release(remove=True)


def test_beside_another_live_run_only_its_own_goes_and_the_lock_stays(repo, tmp_path: Path) -> None:
    make_run(repo, tmp_path)
    lock = RunLock.acquire(lock_path(repo), run_id=OTHER_ID, pid=os.getpid(), host="here", started=0.0)
    made = repo.common_dir / "cellwall" / "runs" / f"{OTHER_ID}.new"
    made.mkdir()
    removed = do(repo)
    assert f"branch cellwall/{RUN_ID}" in removed
    assert trace_of(repo, tmp_path) == sorted(map(str, (lock.path, made.parent, made)))
    lock.release(remove=True)


def test_a_dead_runs_lock_file_goes_too(repo, tmp_path: Path) -> None:
    make_run(repo, tmp_path)
    code = "import os, sys; from pathlib import Path; from cellwall.migrate.run_lock import RunLock\n"
    code += (
        f"RunLock.acquire(Path(sys.argv[1]), run_id='{RUN_ID}', pid=os.getpid(), host='here', started=0.0)\n"
    )
    code += "os.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", code, str(lock_path(repo))], check=False)
    assert done.returncode == -signal.SIGKILL
    assert do(repo)[-1] == f"lock file {lock_path(repo)}"
    assert not lock_path(repo).exists()


def test_a_users_commit_on_the_branch_is_kept_with_everything(repo, tmp_path: Path, git) -> None:
    run = make_run(repo, tmp_path)
    git(repo.root, "worktree", "add", "-q", str(tmp_path / "mine"), run.branch)
    git(tmp_path / "mine", "commit", "-q", "--allow-empty", "-m", "mine\n\nCellwall-Item: forged")
    git(repo.root, "worktree", "remove", str(tmp_path / "mine"))
    before = trace_of(repo, tmp_path)
    with pytest.raises(RepositoryError, match=rf"did not make .*git branch -m {run.branch} NAME"):
        do(repo)
    assert [path for path in trace_of(repo, tmp_path) if "lock.sqlite3" not in path] == before
    git(repo.root, "branch", "-m", run.branch, "kept")
    do(repo)
    assert trace_of(repo, tmp_path) == []
    assert git(repo.root, "branch", "--list", "--format=%(refname:short)") == "kept\nmain"


def test_a_commit_that_the_user_amended_is_the_users(repo, tmp_path: Path, git) -> None:
    run = make_run(repo, tmp_path)
    git(repo.root, "checkout", "-q", run.branch)
    git(repo.root, "commit", "-q", "--amend", "--no-edit")
    git(repo.root, "checkout", "-q", "main")
    with pytest.raises(RepositoryError, match="did not make"):
        do(repo)


def test_a_branch_that_is_checked_out_is_kept(repo, tmp_path: Path, git) -> None:
    run = make_run(repo, tmp_path)
    git(repo.root, "checkout", "-q", run.branch)
    with pytest.raises(RepositoryError, match=f"checked out in {repo.root}; switch"):
        do(repo)
    git(repo.root, "checkout", "-q", "main")
    do(repo)
    assert trace_of(repo, tmp_path) == []


def test_an_agent_that_checked_the_branch_out_does_not_bar_it(repo, tmp_path: Path, git) -> None:
    run = make_run(repo, tmp_path)
    git(run.workspaces / f"{RUN_ID}-one", "checkout", "-q", run.branch)
    do(repo)
    assert trace_of(repo, tmp_path) == []


def test_a_branch_without_its_run_directory_is_not_guessed_about(repo, tmp_path: Path) -> None:
    repo.create_ref(f"refs/heads/cellwall/{RUN_ID}", repo.head_commit())
    with pytest.raises(RepositoryError, match=f"git branch -D cellwall/{RUN_ID}"):
        do(repo)


def test_what_is_no_run_id_is_refused(repo) -> None:
    with pytest.raises(RunUsageError, match="is no run id"):
        do(repo, "../../refs/heads/main")


def test_a_torn_journal_does_not_bar_it(repo, tmp_path: Path) -> None:
    run = make_run(repo, tmp_path)
    run.journal.write_bytes(b"torn")
    do(repo)
    assert trace_of(repo, tmp_path) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from cellwall.migrate import undo as module
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.workspaces import WorkspaceFarm
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
owner, name = {
    "workspaces": (WorkspaceFarm, "recover"),
    "branch": (Repository, "delete_ref"),
    "directory": (module, "remove_path"),
    "lock": (module.RunLock, "release"),
}[sys.argv[2]]
setattr(owner, name, die)
module.undo(Repository(Path(sys.argv[1])), sys.argv[3], pid=1, host="here", at=1.0)
"""


@pytest.mark.parametrize("window", ["workspaces", "branch", "directory", "lock"])
def test_killed_in_the_middle_it_ends_the_next_time(repo, tmp_path: Path, window: str) -> None:
    make_run(repo, tmp_path)
    before = fingerprint(repo)
    done = subprocess.run([sys.executable, "-c", KILLED, str(repo.root), window, RUN_ID], check=False)
    assert done.returncode == -signal.SIGKILL
    do(repo)
    assert trace_of(repo, tmp_path) == []
    assert fingerprint(repo) == before


@pytest.mark.needs_mount
def test_a_read_only_disk_is_told_and_undo_works_later(
    disk, read_only, make_repository, tmp_path: Path
) -> None:
    with disk(4096) as folder:
        repo = make_repository({"a": b"1"}, folder / "repo")
        make_run(repo, tmp_path)
        with read_only(folder), pytest.raises(StorageError, match="Read-only file system"):
            do(repo)
        do(repo)
        assert trace_of(repo, tmp_path) == []
