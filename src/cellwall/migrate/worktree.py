"""One git worktree of a run: its folder, its administration in the common git folder, its index and HEAD."""

import contextlib
import os
from pathlib import Path
from typing import Final, final

from cellwall.migrate.git.command import Git
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.storage_errors import as_storage_error
from cellwall.migrate.workspace_files import GIT_FILE, WorkspaceFiles
from cellwall.project.remove_tree import remove_path

KEPT: Final = frozenset({"HEAD", "ORIG_HEAD", "commondir", "gitdir", "index", "locked", "logs", "refs"})


@final
class Worktree:
    """A worktree that exists. `admin` is its folder below <common dir>/worktrees."""

    def __init__(self, path: Path, admin: Path, inherit: tuple[int, ...]) -> None:
        self.path = path
        self.admin = admin
        self.files: Final = WorkspaceFiles(path)
        self.git: Final = Git(path, admin, inherit)

    @classmethod
    def add(cls, repo: Repository, path: Path, commit: str) -> "Worktree":
        """Make an empty worktree; locked, so that no `git worktree prune` of the user's removes it."""
        options = ("--no-checkout", "--detach", "--lock")
        repo.git.run("worktree", "add", *options, str(path), commit, guarded=True)
        return cls(path, repo.common_dir / "worktrees" / path.name, repo.inherit)

    def point_at(self, commit: str) -> None:
        """Set index and HEAD, and undo whatever else was done to the administration or to `.git`."""
        with as_storage_error("restore", self.admin):
            for path in self.admin.iterdir():
                if path.name not in KEPT:  # locks of killed gits, states of merges and rebases
                    remove_path(path)
            self._restore_git_file()
        self.git.run("update-ref", "--no-deref", "HEAD", commit, guarded=True)
        self.git.run("read-tree", commit, guarded=True)

    def new_files(self) -> list[str]:
        """Give the paths of files that are neither in the index nor ignored."""
        output = self.git.run("ls-files", "-z", "--others", "--exclude-standard")
        return sorted(os.fsdecode(output).split("\0")[:-1])

    def _restore_git_file(self) -> None:
        file, text = self.path / GIT_FILE, f"gitdir: {self.admin}\n".encode()
        if file.is_symlink() or not file.is_file() or file.read_bytes() != text:
            self.files.replace_git_file(text)


def remove_worktree(path: Path, admin: Path) -> None:
    """Remove folder and administration, each if it is there; raises StorageError."""
    for target in (path, admin):
        with as_storage_error("remove", target):
            remove_path(target)
    with contextlib.suppress(OSError):  # as git does: the folder of all worktrees goes with the last one
        admin.parent.rmdir()
