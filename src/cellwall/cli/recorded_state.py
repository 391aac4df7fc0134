"""Finds a recorded run and folds its journal, for the commands that only look."""

from pathlib import Path

from cellwall.migrate.errors import RunUsageError
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.journal import Journal
from cellwall.migrate.run_directory import RunDirectory, latest_run
from cellwall.migrate.state import State, fold


def recorded_state(repo: Repository, run_id: str | None) -> State:
    """Give the state of the run, or of the latest one.

    Raises:
        RunUsageError: there is no such run, or it ended before it began.
        StorageError: its journal cannot be read.
    """
    chosen = run_id or latest_run(repo)
    if chosen is None:
        raise RunUsageError(f"{repo.root} has no run yet; start one with `cellwall run PLAN.md`")
    state = _fold(RunDirectory.open(repo, chosen).journal)
    if state.started is None:
        raise RunUsageError(f"run {chosen} ended before it began; remove it with `cellwall undo {chosen}`")
    return state


def _fold(path: Path) -> State:
    journal = Journal.open(path, read_only=True)
    try:
        return fold((at, event) for _, at, event in journal.records())
    finally:
        journal.close()
