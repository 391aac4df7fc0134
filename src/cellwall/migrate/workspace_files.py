"""The files of one workspace: brought to a list of blobs, byte for byte, and compared with it.

It remembers the state of every file as it wrote it, so that only what was changed since is read or written
again. A change cannot hide: the kernel sets a file's change time, and writing waits until that clock has
moved on.
"""

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from cellwall.migrate.batch import FileChange
from cellwall.migrate.git.objects import EXECUTABLE, FILE, SUBMODULE, SYMLINK, TreeEntry
from cellwall.migrate.git.safe_path import require_safe, why_unsafe
from cellwall.migrate.safe_folder import SafeFolder

GIT_FILE: Final = ".git"
TICK: Final = 0.001  # seconds between two looks at the file system's clock
COARSEST: Final = 3000  # such looks: some file systems count in steps of two seconds

ReadBlobs = Callable[[Iterable[TreeEntry]], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Known:
    """A file as it was written: which blob, with which mode, and the state that the disk gave it."""

    entry: TreeEntry
    state: tuple[int, ...]


@final
class WorkspaceFiles:
    """The files below a root. Methods raise OSError when the disk fails.

    Attributes:
        left_out: symlinks that lead outside, and paths that must not be written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.left_out: tuple[str, ...] = ()
        self._known: dict[str, Known] = {}

    def bring_to(self, entries: Sequence[TreeEntry], read_blobs: ReadBlobs) -> None:
        """Make the folder hold exactly these files; everything else goes, ignored files too."""
        wanted = {entry.path: entry for entry in entries if not why_unsafe(entry.path)}
        left_out = [entry.path for entry in entries if entry.path not in wanted]
        with SafeFolder(self.root) as folder:
            kept = self._sweep(folder, wanted)
            self._known = {path: known for path, known in self._known.items() if path in kept}
            missing = [entry for path, entry in sorted(wanted.items()) if path not in kept]
            self._write(folder, missing, read_blobs)
            left_out += self._drop_leading_outside(folder, wanted)
        self._wait_for_clock()
        self.left_out = tuple(sorted(left_out))

    def apply(self, changes: Sequence[FileChange]) -> None:
        """Write changed files; raises PatchError for an unsafe path."""
        with SafeFolder(self.root) as folder:
            for change in changes:
                path = require_safe(change.path)
                known = self._known.pop(path, None)
                if change.after is None:
                    folder.remove(path)
                else:
                    executable = known is not None and known.entry.mode == EXECUTABLE
                    folder.write(path, change.after, executable=executable)

    def replace_git_file(self, text: bytes) -> None:
        """Put git's own file back, in the place of whatever stands there."""
        with SafeFolder(self.root) as folder:
            folder.write(GIT_FILE, text)

    def touched(self, entries: Sequence[TreeEntry]) -> list[TreeEntry]:
        """Give the entries that are gone or were written since; their content may still be the same."""
        left_out = set(self.left_out)
        with SafeFolder(self.root) as folder:
            return [e for e in entries if e.path not in left_out and not self._stands(folder, e)]

    def content(self, path: str) -> bytes | None:
        """Give an ordinary file's content, None if there is nothing; raises PatchError for anything else."""
        with SafeFolder(self.root) as folder:
            return folder.read(path) if folder.state(path) else None

    def target(self, path: str) -> bytes | None:
        """Give a symlink's target, None if there is no symlink."""
        with SafeFolder(self.root) as folder:
            state = folder.state(path)
            return folder.read_link(path) if state and stat.S_ISLNK(state.st_mode) else None

    def _stands(self, folder: SafeFolder, entry: TreeEntry) -> bool:
        return self._is_known(entry, folder.state(entry.path))

    def _is_known(self, entry: TreeEntry, state: os.stat_result | None) -> bool:
        known = self._known.get(entry.path)
        return bool(known and state and known == Known(entry, _state(state)))

    def _sweep(self, folder: SafeFolder, wanted: dict[str, TreeEntry]) -> set[str]:
        """Remove what is not wanted; give the paths of files that stand as they must."""
        folders, kept = _folders(wanted.values()), set()
        waiting = [""]
        while waiting:
            at = waiting.pop()
            for name, state in folder.entries(at):
                path = f"{at}/{name}" if at else name
                if stat.S_ISDIR(state.st_mode) and path in folders:
                    waiting.append(path)
                elif path in wanted and self._is_known(wanted[path], state):
                    kept.add(path)
                elif path != GIT_FILE:
                    folder.remove(path)
        return kept

    def _write(self, folder: SafeFolder, missing: Sequence[TreeEntry], read_blobs: ReadBlobs) -> None:
        """Write ordinary files first: while there is no symlink, nothing can be written through one."""
        for entry in missing:
            if entry.mode == SUBMODULE:
                folder.make_folder(entry.path)
        for mode in ((FILE, EXECUTABLE), (SYMLINK,)):
            entries = [entry for entry in missing if entry.mode in mode]
            for entry, content in zip(entries, read_blobs(entries), strict=True):
                if entry.mode == SYMLINK:
                    state = folder.link(entry.path, content)
                else:
                    state = folder.write(entry.path, content, executable=entry.mode == EXECUTABLE)
                self._known[entry.path] = Known(entry, _state(state))

    def _drop_leading_outside(self, folder: SafeFolder, wanted: dict[str, TreeEntry]) -> list[str]:
        """Remove symlinks that lead out of the root or to git's file, by whatever way; give their paths."""
        links = [path for path, entry in wanted.items() if entry.mode == SYMLINK]
        bad = [path for path in links if not self._stays_inside(path)]
        for path in bad:
            folder.remove(path)
            self._known.pop(path, None)
        return bad

    def _stays_inside(self, path: str) -> bool:
        root = os.path.realpath(self.root)
        end = os.path.realpath(os.path.join(root, path))  # noqa: PTH118  Path would refuse a loop
        git_file = f"{root}/{GIT_FILE}"
        return f"{end}/".startswith(f"{root}/") and not f"{end}/".startswith(f"{git_file}/")

    def _wait_for_clock(self) -> None:
        """Wait until a change of any file would get another change time than the last one written."""
        last = max((known.state[3] for known in self._known.values()), default=0)
        for _ in range(COARSEST):
            os.utime(self.root)
            if self.root.stat().st_ctime_ns > last:
                return
            time.sleep(TICK)


def _state(state: os.stat_result) -> tuple[int, ...]:
    return state.st_mode, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino


def _folders(entries: Iterable[TreeEntry]) -> set[str]:
    """Give every folder that the entries need; a submodule is an empty one."""
    found = set()
    for entry in entries:
        path = entry.path if entry.mode == SUBMODULE else entry.path.rpartition("/")[0]
        while path and path not in found:
            found.add(path)
            path = path.rpartition("/")[0]
    return found
