"""The user's git repository as a run sees it: reads objects, writes commits and its own refs only."""

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, final

from cellwall.migrate.batch import FileChange
from cellwall.migrate.errors import GitError, RepositoryError
from cellwall.migrate.git.command import Git
from cellwall.migrate.git.commits import commit_changes
from cellwall.migrate.git.objects import TreeEntry, list_tree, read_blobs
from cellwall.migrate.storage_errors import as_storage_error

NOTHING: Final = ""  # an "old value" that says: the ref must not exist
OWN_REFS: Final = "refs/heads/cellwall/"


@final
class Repository:
    """A git repository with a working tree.

    Every method may raise GitError, and StorageError when the disk is why git failed.

    Attributes:
        root: the top of the working tree.
        git_dir: this working tree's git folder.
        common_dir: the git folder that all working trees of the repository share.
    """

    def __init__(self, root: Path, *, inherit: tuple[int, ...] = ()) -> None:
        """Open the repository whose working tree's top is `root`.

        Args:
            root: the top folder, as `discover` gives it.
            inherit: descriptors that every git of this object keeps open: the run lock's, see run_lock.

        Raises:
            RepositoryError: `root` is not the top of a working tree.
        """
        self.root: Path = root.resolve()
        found = Git(self.root)
        top = found.answer("rev-parse", "--show-toplevel")
        if top is None or Path(top).resolve() != self.root:
            raise RepositoryError(_why_none(found, root))
        self.git_dir: Path = Path(found.run("rev-parse", "--absolute-git-dir").decode().removesuffix("\n"))
        common = os.fsdecode(found.run("rev-parse", "--git-common-dir")).removesuffix("\n")
        self.common_dir: Path = (self.root / common).resolve()
        self.inherit = inherit
        self.git: Final = Git(self.root, self.git_dir, inherit)

    @classmethod
    def discover(cls, path: Path) -> "Repository":
        """Find the repository that holds `path`.

        Raises:
            RepositoryError: there is none, it has no working tree, or no commit yet.
        """
        if not path.is_dir():
            raise RepositoryError(f"{path} is no folder")
        git = Git(path)
        top = git.answer("rev-parse", "--show-toplevel")
        if not top or not path.resolve().is_relative_to(Path(top).resolve()):
            raise RepositoryError(_why_none(git, path))
        repository = cls(Path(top))
        repository.head_commit()
        return repository

    def head_commit(self) -> str:
        """Give the commit that is checked out; raises RepositoryError when there is none yet."""
        if commit := self.resolve("HEAD"):
            return commit
        raise RepositoryError(f"{self.root} has no commit yet; commit your files first")

    def head_branch(self) -> str:
        """Give the ref that is checked out, e.g. "refs/heads/main"; "" when HEAD is detached."""
        return self.git.answer("symbolic-ref", "--quiet", "HEAD") or ""

    def resolve(self, ref: str) -> str | None:
        """Give the commit that a ref or commit id stands for, or None."""
        return self.git.answer("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")

    def tree_of(self, commit: str) -> str:
        """Give the id of a commit's tree: equal for equal content."""
        return self.git.run("rev-parse", "--verify", f"{commit}^{{tree}}").decode().strip()

    def tracked_files(self, commit: str) -> list[TreeEntry]:
        """Give every file of a commit."""
        return list_tree(self.git, commit)

    def read_blobs(self, entries: Iterable[TreeEntry]) -> Iterator[bytes]:
        """Give the raw bytes of each entry, in order; raises GitError for one that is missing."""
        return read_blobs(self.git, entries)

    def read_file(self, commit: str, path: str) -> bytes | None:
        """Give one file's bytes in a commit, or None."""
        entries = [entry for entry in self.tracked_files(commit) if entry.path == path]
        return next(self.read_blobs(entries), None)

    def changed_files(self) -> list[str]:
        """Give the tracked files that differ from HEAD, in the index or on disk; submodules apart."""
        output = self._status("--untracked-files=no")
        return sorted({os.fsdecode(path) for path in _changed(output)})

    def untracked_files(self) -> list[str]:
        """Give the files that git does not track and does not ignore; a folder of them ends with "/"."""
        output = self.git.run("ls-files", "-z", "--others", "--exclude-standard", "--directory")
        return sorted(os.fsdecode(output).split("\0")[:-1])

    def is_dirty(self) -> bool:
        """Tell whether a tracked file differs from HEAD."""
        return bool(self.changed_files())

    def commit_changes(self, parent: str, changes: Sequence[FileChange], *, message: str, at: int) -> str:
        """Make a commit on `parent` and give its id; see `commits.commit_changes`."""
        scratch = self.common_dir / "cellwall" / "scratch"
        with as_storage_error("make", scratch):
            scratch.mkdir(parents=True, exist_ok=True)
        try:
            return commit_changes(self.git, parent, changes, message=message, at=at, scratch=scratch)
        finally:
            with contextlib.suppress(OSError):  # another commit is being made there
                scratch.rmdir()

    def create_ref(self, ref: str, commit: str) -> None:
        """Make one of the run's own refs; raises GitError if it exists."""
        self._update(ref, commit, NOTHING)

    def move_ref(self, ref: str, new: str, old: str) -> None:
        """Move one of the run's own refs from `old` to `new`; raises GitError if it is not at `old`."""
        self._update(ref, new, old)

    def delete_ref(self, ref: str, old: str) -> None:
        """Delete one of the run's own refs; raises GitError if it is not at `old`."""
        _require_own(ref)
        self.git.run("update-ref", "--no-deref", "-d", ref, old, guarded=True)

    def _update(self, ref: str, new: str, old: str) -> None:
        _require_own(ref)
        self.git.run("update-ref", "--no-deref", ref, new, old, guarded=True)

    def _status(self, *options: str) -> bytes:
        """Run the one command here that would start filters; submodules would start programs of their own."""
        fixed = ("status", "--porcelain=v1", "-z", "--no-renames", "--ignore-submodules=all")
        return self.git.run(*fixed, *options, guarded=True)


def _changed(output: bytes) -> Iterator[bytes]:
    for record in output.split(b"\0")[:-1]:
        yield record[3:]


def _require_own(ref: str) -> None:
    if not ref.startswith(OWN_REFS):
        raise GitError(f"{ref} is not one of the run's own refs ({OWN_REFS}...)")


def _why_none(git: Git, path: Path) -> str:
    """Ask git again for what it says."""
    try:
        bare = git.run("rev-parse", "--is-bare-repository").strip() == b"true"
    except GitError as error:
        return f"{path} is in no git repository: {error}"
    what = "is a bare git repository" if bare else "is not in the working tree of its git repository"
    return f"{path} {what}; give the folder of a checked-out one"
