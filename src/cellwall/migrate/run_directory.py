"""Where a run keeps its files, under the repository's common git directory; finds the runs that exist."""

from dataclasses import dataclass
from pathlib import Path

from cellwall.migrate.git.repository import Repository


def new_run_id(at: float, randomness: bytes) -> str:
    """Give an id that sorts by time, e.g. "20250902-134501123-3fa9" (UTC); `randomness` is two bytes."""
    raise NotImplementedError


def lock_path(repo: Repository) -> Path:
    """Give <common dir>/cellwall/lock.sqlite3 and make its folder."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """<common dir>/cellwall/runs/<run id>/; `workspaces` is the folder of worktrees outside."""

    path: Path
    run_id: str
    base: str
    workspaces: Path

    @property
    def journal(self) -> Path:
        raise NotImplementedError

    @property
    def patches(self) -> Path:
        raise NotImplementedError

    @property
    def branch(self) -> str:
        raise NotImplementedError  # cellwall/<run id>

    @property
    def ref(self) -> str:
        raise NotImplementedError  # refs/heads/cellwall/<run id>

    @classmethod
    def create(cls, repo: Repository, run_id: str, *, base: str, temp_root: Path) -> "RunDirectory":
        raise NotImplementedError

    @classmethod
    def open(cls, repo: Repository, run_id: str) -> "RunDirectory":
        """RunUsageError: no such run, with the list."""
        raise NotImplementedError


def list_runs(repo: Repository) -> list[str]:
    raise NotImplementedError


def latest_run(repo: Repository) -> str | None:
    raise NotImplementedError
