"""The user's git repository as the run sees it: read objects, write commits and our own refs, nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cellwall.migrate.batch import FileChange


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One file of a commit: git's mode ("100644", "100755", "120000", "160000"), blob id, path."""

    mode: str
    blob: str
    path: str


@dataclass(frozen=True, slots=True)
class ItemCommit:
    """A commit of the run's branch: its id, the item of its trailer, the paths it changed."""

    commit: str
    item: str
    paths: tuple[str, ...]


class Repository:
    """A git repository with a working tree. Every method that runs git may raise GitError or StorageError."""

    root: Path
    git_dir: Path
    common_dir: Path

    def __init__(self, root: Path, *, inherit: tuple[int, ...] = ()) -> None:
        """`inherit` are file descriptors that every git keeps open: the run lock's, see run_lock."""
        raise NotImplementedError

    @classmethod
    def discover(cls, path: Path) -> "Repository":
        """Find the repository that holds `path`. RepositoryError: none, bare, or no commit yet."""
        raise NotImplementedError

    def head_commit(self) -> str:
        raise NotImplementedError

    def head_branch(self) -> str:
        raise NotImplementedError  # "" when detached

    def resolve(self, ref: str) -> str | None:
        raise NotImplementedError

    def tree_of(self, commit: str) -> str:
        raise NotImplementedError

    def tracked_files(self, commit: str) -> list[TreeEntry]:
        raise NotImplementedError

    def read_blobs(self, entries: Iterable[TreeEntry]) -> Iterator[bytes]:
        raise NotImplementedError

    def read_file(self, commit: str, path: str) -> bytes | None:
        raise NotImplementedError

    def changed_files(self) -> list[str]:
        raise NotImplementedError  # tracked, differ from HEAD

    def untracked_files(self) -> list[str]:
        raise NotImplementedError

    def is_dirty(self) -> bool:
        raise NotImplementedError

    def commit_changes(self, parent: str, changes: Sequence[FileChange], *, message: str, at: int) -> str:
        raise NotImplementedError

    def create_ref(self, ref: str, commit: str) -> None:
        raise NotImplementedError

    def move_ref(self, ref: str, new: str, old: str) -> None:
        raise NotImplementedError

    def delete_ref(self, ref: str, old: str) -> None:
        raise NotImplementedError

    def commits_with_trailer(self, ref: str, base: str) -> list[ItemCommit]:
        raise NotImplementedError
