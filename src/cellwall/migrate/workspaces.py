"""The run's git worktrees outside the repository: made, filled, brought to another commit, removed.

A workspace is known as the run's by the run's id in its name, and their folder by the marker in it; nothing
else is ever removed. Methods block: an event loop calls them in threads, one thread a workspace.
"""

import contextlib
import os
import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, final

from cellwall.migrate.atomic_bytes import UNFINISHED
from cellwall.migrate.batch import FileChange
from cellwall.migrate.errors import GitError, PatchError, StorageError
from cellwall.migrate.git.objects import SUBMODULE, SYMLINK, TreeEntry
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.git.stale_locks import remove_stale_ref_lock
from cellwall.migrate.run_directory import RunDirectory
from cellwall.migrate.storage_errors import as_storage_error
from cellwall.migrate.worktree import Worktree, remove_worktree
from cellwall.project.remove_tree import remove_path

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")
MARKER: Final = ".cellwall-workspaces"
LEFTOVERS: Final = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"})


@final
class WorkspaceFarm:
    """All workspaces of one run, below `run.workspaces`.

    Methods raise StorageError when the disk fails, GitError when git does; a workspace that could not be
    made is removed again.
    """

    def __init__(self, repo: Repository, run: RunDirectory) -> None:
        self._repo = repo
        self._run = run
        self._made: dict[str, Worktree] = {}
        self._git = threading.Lock()  # one git at a time in <common dir>/worktrees
        self._files_of = lru_cache(maxsize=4)(repo.tracked_files)

    def add(self, name: str, commit: str) -> Path:
        """Make a workspace that holds exactly the commit's files, as raw bytes."""
        path = self._path(name)
        try:
            with self._git:
                self._make_folder()
                self._made[name] = Worktree.add(self._repo, path, commit)
            return self.reset(name, commit)
        except BaseException:
            with contextlib.suppress(StorageError):
                self.remove(name)
            raise

    def reset(self, name: str, commit: str) -> Path:
        """Bring a workspace to exactly the commit's files; every other file goes, ignored ones too."""
        tree = self._tree(name)
        tree.point_at(commit)
        with as_storage_error("fill the workspace", tree.path):
            tree.files.bring_to(self._files_of(commit), self._repo.read_blobs)
        return tree.path

    def apply(self, name: str, changes: Sequence[FileChange]) -> None:
        """Write changed files; raises PatchError for an unsafe path."""
        tree = self._tree(name)
        with as_storage_error("change the workspace", tree.path):
            tree.files.apply(changes)

    def changes_in(self, name: str, commit: str) -> tuple[FileChange, ...]:
        """Give what differs from the commit on disk, sorted by path; ignored files are left out.

        Raises:
            PatchError: something that is no ordinary file, or too large, stands where a file is expected.
        """
        tree = self._tree(name)
        entries = self._files_of(commit)
        with as_storage_error("read the workspace", tree.path):
            touched = [entry for entry in tree.files.touched(entries) if entry.mode != SUBMODULE]
            contents = zip(touched, self._repo.read_blobs(touched), strict=True)
            found = [_change(tree, entry, before) for entry, before in contents]
            known = {entry.path for entry in entries}
            for path in tree.new_files():
                if path not in known and not LEFTOVERS & set(path.split("/")):
                    found.append(FileChange(path, None, tree.files.content(path)))
        return tuple(sorted((c for c in found if c.before != c.after), key=lambda change: change.path))

    def left_out(self, name: str) -> tuple[str, ...]:
        """Give the paths of the commit that were not made: symlinks that lead outside, unsafe names."""
        return self._tree(name).files.left_out

    def remove(self, name: str) -> None:
        """Remove a workspace; none of this name is fine."""
        path = self._path(name)
        with self._git:
            self._made.pop(name, None)
            remove_worktree(path, self._admin / path.name)

    def remove_all(self) -> tuple[str, ...]:
        """Remove every workspace of the run, whoever made it, and their folder; give the paths."""
        folder, removed = self._run.workspaces, []
        with self._git, as_storage_error("remove the workspaces", folder):
            self._made.clear()
            for admin in sorted(self._admin.glob(f"{self._run.run_id}-*")):
                if _is_admin_of(admin, folder):
                    remove_worktree(folder / admin.name, admin)
                    removed.append(str(folder / admin.name))
            if self._is_ours(folder):
                remove_path(folder)
                removed.append(str(folder))
        return tuple(removed)

    def recover(self) -> tuple[str, ...]:
        """Remove what a killed run left: workspaces, temporary files, the lock of its ref; give the paths.

        To be called by who holds the run lock.
        """
        removed = [*self.remove_all(), *map(str, remove_stale_ref_lock(self._repo, self._run.ref))]
        scratch = self._repo.common_dir / "cellwall" / "scratch"
        if scratch.is_dir() and not scratch.is_symlink():
            removed.append(str(scratch))
            with as_storage_error("remove", scratch):
                remove_path(scratch)
        unfinished = (f for f in sorted(self._run.path.rglob(f"*{UNFINISHED}*")) if f.is_file())
        for file in unfinished:
            with as_storage_error("remove", file):
                file.unlink(missing_ok=True)
            removed.append(str(file))
        return tuple(removed)

    @property
    def _admin(self) -> Path:
        return self._repo.common_dir / "worktrees"

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise GitError(f"{name!r} cannot be the name of a workspace")
        return self._run.workspaces / f"{self._run.run_id}-{name}"

    def _tree(self, name: str) -> Worktree:
        if tree := self._made.get(name):
            return tree
        raise GitError(f"there is no workspace {name!r}; `add` makes it")

    def _make_folder(self) -> None:
        """Make the folder of the workspaces for us alone, and mark it as this repository's."""
        folder = self._run.workspaces
        with as_storage_error("make the folder of the workspaces", folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            state = folder.lstat()
            if folder.is_symlink() or state.st_uid != os.geteuid():
                raise StorageError(f"{folder} belongs to somebody else; set TMPDIR to a folder of your own")
            (folder / MARKER).write_bytes(os.fsencode(self._repo.common_dir))

    def _is_ours(self, folder: Path) -> bool:
        """Tell whether the folder is this run's; the kill between making and marking left it empty."""
        if folder.is_symlink() or not folder.is_dir():
            return False
        marker = folder / MARKER
        if marker.is_symlink() or not marker.is_file():
            return not any(folder.iterdir())
        return marker.read_bytes() in (os.fsencode(self._repo.common_dir), b"")


def _is_admin_of(admin: Path, folder: Path) -> bool:
    """Tell whether a worktree's administration is of a workspace there; a killed git's may be empty."""
    if admin.is_symlink() or not admin.is_dir():
        return False
    pointer = admin / "gitdir"
    if pointer.is_symlink() or not pointer.is_file():
        return not pointer.is_symlink()
    return pointer.read_bytes().strip() in (os.fsencode(folder / admin.name / ".git"), b"")


def _change(tree: Worktree, entry: TreeEntry, before: bytes) -> FileChange:
    if entry.mode != SYMLINK:
        return FileChange(entry.path, before, tree.files.content(entry.path))
    if tree.files.target(entry.path) != before:
        raise PatchError(f"{entry.path} is a symlink; an agent must not change it")
    return FileChange(entry.path, before, before)
