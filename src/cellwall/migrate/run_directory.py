"""Where a run keeps its files, under the repository's common git folder; finds the runs that exist.

The repository may be hostile: folders that are symlinks, and facts about a run that lead elsewhere, are
refused, because `undo` removes what is named here.
"""

import contextlib
import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, final

from cellwall.migrate.atomic_bytes import UNFINISHED, write_atomically
from cellwall.migrate.errors import RepositoryError, RunUsageError
from cellwall.migrate.git.repository import OWN_REFS, Repository
from cellwall.migrate.storage_errors import as_storage_error
from cellwall.project.remove_tree import remove_path

RUN_ID: Final = re.compile(r"[0-9]{8}-[0-9]{9}-[0-9a-f]{4}")
COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
FACTS: Final = "run.json"


def new_run_id(at: float, randomness: bytes) -> str:
    """Give an id that sorts by time, e.g. "20250902-134501123-3fa9" (UTC, milliseconds).

    `at` is in seconds since the epoch; `randomness` keeps two runs of one millisecond apart (two bytes).
    """
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment:%Y%m%d-%H%M%S}{moment.microsecond // 1000:03d}-{randomness[:2].hex():0>4}"


def own_folder(repo: Repository) -> Path:
    """Give <common dir>/cellwall, which may not exist; raises RepositoryError if it is no plain folder."""
    folder = repo.common_dir / "cellwall"
    for path in (folder, folder / "runs", folder / "scratch"):
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            raise RepositoryError(f"{path} is not a plain folder; look at it and move it away")
    return folder


def lock_path(repo: Repository) -> Path:
    """Give the shared lock file's path, and make its folder."""
    folder = own_folder(repo)
    with as_storage_error("make", folder):
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder / "lock.sqlite3"


def remove_empty_folders(repo: Repository) -> None:
    """Remove <common dir>/cellwall where no run has left anything in it."""
    folder = own_folder(repo)
    with contextlib.suppress(OSError):  # a run's files are there, or another run begins
        if (folder / "runs").is_dir():
            (folder / "runs").rmdir()
        folder.rmdir()


@final
@dataclass(frozen=True, slots=True)
class RunDirectory:
    """The folder of one run.

    Attributes:
        path: <common dir>/cellwall/runs/<run id>.
        run_id: the run's id.
        base: the commit that the run started from.
        workspaces: the folder of the run's worktrees, outside the repository.
    """

    path: Path
    run_id: str
    base: str
    workspaces: Path

    @property
    def journal(self) -> Path:
        """Where the journal is."""
        return self.path / "journal.sqlite3"

    @property
    def patches(self) -> Path:
        """The folder of the patch files."""
        return self.path / "patches"

    @property
    def branch(self) -> str:
        """The run's branch, e.g. "cellwall/20250902-134501123-3fa9"."""
        return f"cellwall/{self.run_id}"

    @property
    def ref(self) -> str:
        """The branch as a full ref."""
        return f"{OWN_REFS}{self.run_id}"

    @classmethod
    def create(cls, repo: Repository, run_id: str, *, base: str, temp_root: Path) -> "RunDirectory":
        """Make the folder of a new run, with what `open` and `undo` must know in it, whole or not at all.

        To be called by who holds the run lock: what a run that was killed here left is removed.
        """
        require_run_id(run_id)
        path = own_folder(repo) / "runs" / run_id
        workspaces = temp_root.resolve() / f"cellwall-{run_id}"
        facts = {"run_id": run_id, "base": base, "workspaces": os.fsdecode(workspaces)}
        unfinished = path.with_name(run_id + UNFINISHED)
        with as_storage_error("make", path):
            path.parent.mkdir(mode=0o700, exist_ok=True, parents=True)
            remove_unfinished(path.parent)
            try:
                (unfinished / "patches").mkdir(parents=True, mode=0o700)
                write_atomically(unfinished / FACTS, json.dumps(facts, indent=2).encode())
                unfinished.rename(path)
            except BaseException:
                remove_path(unfinished)
                raise
        return cls(path, run_id, base, workspaces)

    @classmethod
    def open(cls, repo: Repository, run_id: str) -> "RunDirectory":
        """Find a run.

        Raises:
            RunUsageError: there is no such run; the text names those that there are.
            RepositoryError: what the folder says of the run cannot be true.
        """
        require_run_id(run_id)
        path = own_folder(repo) / "runs" / run_id
        if path.is_symlink() or not path.is_dir():
            known = ", ".join(list_runs(repo)) or "none"
            raise RunUsageError(f"there is no run {run_id} in {repo.root}; runs: {known}")
        facts = _read_facts(path / FACTS)
        workspaces, base = Path(facts["workspaces"]), facts["base"]
        sound = facts["run_id"] == run_id and workspaces.name == f"cellwall-{run_id}"
        if not (sound and workspaces.is_absolute() and COMMIT.fullmatch(base)):
            raise RepositoryError(f"{path / FACTS} does not describe the run {run_id}")
        return cls(path, run_id, base, workspaces)


def list_runs(repo: Repository) -> list[str]:
    """Give the ids of the runs that there are, oldest first."""
    folder = own_folder(repo) / "runs"
    if not folder.is_dir():
        return []
    with as_storage_error("read", folder):
        return sorted(path.name for path in folder.iterdir() if RUN_ID.fullmatch(path.name))


def latest_run(repo: Repository) -> str | None:
    """Give the id of the run that began last, or None."""
    return next(reversed(list_runs(repo)), None)


def remove_unfinished(folder: Path) -> None:
    """Remove the folders of runs that were killed while they were made."""
    for path in folder.glob(f"*{UNFINISHED}"):
        remove_path(path)


def require_run_id(run_id: str) -> None:
    """Raise RunUsageError for what is no run id."""
    if not RUN_ID.fullmatch(run_id):
        raise RunUsageError(f"{run_id!r} is no run id; they look like 20250902-134501123-3fa9")


def _read_facts(path: Path) -> dict[str, str]:
    with as_storage_error("read", path):
        data = path.read_bytes()
    try:
        facts: Any = json.loads(data)
    except ValueError as error:
        raise RepositoryError(
            f"{path} is torn: {error}; remove that folder and the branch by hand"
        ) from error
    if not isinstance(facts, dict) or not {"run_id", "base", "workspaces"} <= facts.keys():
        raise RepositoryError(f"{path} does not say what a run is made of")
    return {name: str(value) for name, value in facts.items()}
