"""Removes what a run made: workspaces, branch, run directory, lock file; nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager

from cellwall.migrate.errors import RepositoryError
from cellwall.migrate.git.history import commits_after
from cellwall.migrate.git.repository import OWN_REFS, Repository
from cellwall.migrate.run_directory import (
    RunDirectory,
    list_runs,
    lock_path,
    own_folder,
    remove_empty_folders,
    remove_unfinished,
    require_run_id,
)
from cellwall.migrate.run_lock import RunLock, live_holder
from cellwall.migrate.storage_errors import as_storage_error
from cellwall.migrate.workspaces import WorkspaceFarm
from cellwall.project.remove_tree import remove_path


def undo(repo: Repository, run_id: str, *, pid: int, host: str, at: float) -> tuple[str, ...]:
    """Remove everything of a run, and tell what was removed; () when nothing of it is left.

    `pid`, `host` and `at` (seconds since the epoch) say who holds the run lock meanwhile.

    Raises:
        RepositoryError: the run is alive, or its branch is checked out or has commits of others.
        RunUsageError: this is no run id.
        StorageError: the disk is read-only or lost; what was not removed can be removed later.
    """
    require_run_id(run_id)
    lock_file = own_folder(repo) / "lock.sqlite3"
    had_lock = lock_file.exists()
    if not (is_there := run_id in list_runs(repo)):
        _refuse_orphan(repo, run_id)
        if not had_lock:
            return ()
    with _held(repo, run_id, pid=pid, host=host, at=at) as lock:
        guarded = Repository(repo.root, inherit=(lock.fd,) if lock else ())
        alone = lock is not None
        removed = _remove_run(guarded, RunDirectory.open(guarded, run_id), alone=alone) if is_there else []
        if lock:
            with as_storage_error("remove", lock_file.parent):
                remove_unfinished(lock_file.parent / "runs")
    if lock and had_lock:
        removed.append(f"lock file {lock_file}")
    remove_empty_folders(repo)
    return tuple(removed)


def _remove_run(repo: Repository, run: RunDirectory, *, alone: bool) -> list[str]:
    tip = repo.resolve(run.ref)
    farm = WorkspaceFarm(repo, run)
    if tip:
        _refuse_foreign(repo, run, tip)
        _refuse_checked_out(repo, run)
    removed = [f"temporary {path}" for path in (farm.recover() if alone else farm.remove_all())]
    if tip:
        repo.delete_ref(run.ref, tip)
        removed.append(f"branch {run.branch}")
    with as_storage_error("remove", run.path):
        remove_path(run.path)
    return [*removed, f"run directory {run.path}"]


def _refuse_foreign(repo: Repository, run: RunDirectory, tip: str) -> None:
    for commit in commits_after(repo.git, tip, run.base):
        if not commit.item:
            raise RepositoryError(
                f"the branch {run.branch} has a commit that the run did not make ({commit.commit[:12]}); "
                f"keep it with `git branch -m {run.branch} NAME`, then undo again"
            )


def _refuse_checked_out(repo: Repository, run: RunDirectory) -> None:
    listing = repo.git.run("worktree", "list", "--porcelain").decode(errors="replace")
    for block in listing.split("\n\n"):
        lines = block.splitlines()
        where = lines[0].removeprefix("worktree ") if lines else ""
        if f"branch {run.ref}" in lines and not where.startswith(f"{run.workspaces}/"):
            raise RepositoryError(
                f"{run.branch} is checked out in {where}; switch to another branch there, then undo again"
            )


def _refuse_orphan(repo: Repository, run_id: str) -> None:
    """Without the run's directory nobody knows where the branch began, so nobody may delete it unseen."""
    if repo.resolve(f"{OWN_REFS}{run_id}"):
        raise RepositoryError(
            f"the branch cellwall/{run_id} is there and the run's directory is not; look at the branch, then "
            f"`git branch -D cellwall/{run_id}`"
        )


@contextmanager
def _held(repo: Repository, run_id: str, *, pid: int, host: str, at: float) -> Iterator[RunLock | None]:
    """Hold the run lock, so that the run cannot be resumed meanwhile; None while another run holds it."""
    path = lock_path(repo)
    holder = live_holder(path)
    if holder and holder.run_id == run_id:
        raise RepositoryError(f"the run is alive ({holder}); stop it first")
    if holder:
        yield None
        return
    lock = RunLock.acquire(path, run_id=run_id, pid=pid, host=host, started=at)
    try:
        yield lock
    finally:
        lock.release(remove=True)
