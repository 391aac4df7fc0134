"""The run's git worktrees outside the repository: made, filled, brought to another commit, removed."""

from collections.abc import Sequence
from pathlib import Path

from cellwall.migrate.batch import FileChange
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.run_directory import RunDirectory


class WorkspaceFarm:
    """All workspaces of one run; `run.workspaces` is their folder (temp_root/cellwall-<run id>)."""

    def __init__(self, repo: Repository, run: RunDirectory) -> None:
        raise NotImplementedError

    def add(self, name: str, commit: str) -> Path:
        raise NotImplementedError

    def reset(self, name: str, commit: str) -> Path:
        raise NotImplementedError

    def apply(self, name: str, changes: Sequence[FileChange]) -> None:
        raise NotImplementedError

    def changes_in(self, name: str, commit: str) -> tuple[FileChange, ...]:
        raise NotImplementedError

    def left_out(self, name: str) -> tuple[str, ...]:
        raise NotImplementedError  # symlinks that lead outside

    def remove(self, name: str) -> None:
        raise NotImplementedError

    def remove_all(self) -> None:
        raise NotImplementedError

    def recover(self) -> tuple[str, ...]:
        raise NotImplementedError  # what a killed run left and was removed
