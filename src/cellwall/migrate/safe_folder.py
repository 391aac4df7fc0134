"""Reads and writes below one folder without ever following a symlink, whatever stands on the disk.

Every step opens the next folder relative to the one before, with O_NOFOLLOW; what is in the way of a folder
or file that must be written is removed, not written through.
"""

import contextlib
import os
import stat
from pathlib import Path
from typing import Final, final

from cellwall.migrate.errors import PatchError
from cellwall.project.remove_tree import open_folder, remove_tree

NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
OLD_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
LARGEST: Final = 64 << 20  # bytes of a file that is read back


@final
class SafeFolder:
    """A folder; paths are relative to it, separated by "/". Fast for sorted paths. Raises OSError."""

    def __init__(self, root: Path) -> None:
        self._fds = [os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
        self._parts: list[str] = []  # the folders below the root that are open, each in the one before

    def __enter__(self) -> "SafeFolder":
        return self

    def __exit__(self, *_: object) -> None:
        self._close_below(0)
        os.close(self._fds.pop())

    def write(self, path: str, content: bytes, *, executable: bool = False) -> os.stat_result:
        """Make the file anew, and what folders it needs; give its state on the disk."""
        parent, name = self._parent(path, make=True)
        remove_tree(parent, name)
        fd = os.open(name, NEW_FILE, 0o777 if executable else 0o666, dir_fd=parent)
        with os.fdopen(fd, "wb", buffering=0) as file:
            left = memoryview(content)
            while left:
                left = left[file.write(left) :]
            return os.fstat(fd)

    def link(self, path: str, target: bytes) -> os.stat_result:
        """Make the symlink anew; give its state on the disk."""
        parent, name = self._parent(path, make=True)
        remove_tree(parent, name)
        os.symlink(target, os.fsencode(name), dir_fd=parent)
        return os.stat(name, dir_fd=parent, follow_symlinks=False)

    def make_folder(self, path: str) -> None:
        """Make a folder where there is none."""
        self._enter([*path.split("/")], make=True)

    def remove(self, path: str) -> None:
        """Remove a file, a symlink or a whole folder; nothing there is fine."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            parent, name = self._parent(path, make=False)
            remove_tree(parent, name)

    def state(self, path: str) -> os.stat_result | None:
        """Give the state of what stands there, None for nothing."""
        try:
            parent, name = self._parent(path, make=False)
            return os.stat(name, dir_fd=parent, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def entries(self, path: str = "") -> list[tuple[str, os.stat_result]]:
        """Give (name, state) of all that is in a folder, sorted."""
        fd = self._enter(path.split("/") if path else [], make=False)
        with os.scandir(fd) as entries:
            return sorted((entry.name, entry.stat(follow_symlinks=False)) for entry in entries)

    def read(self, path: str) -> bytes:
        """Give an ordinary file's content; raises PatchError for anything else, or a file too large."""
        parent, name = self._parent(path, make=False)
        try:
            fd = os.open(name, OLD_FILE, dir_fd=parent)
        except OSError as error:
            raise PatchError(f"{path} cannot be read as an ordinary file: {error.strerror}") from error
        content = _read_ordinary(fd)
        if content is None:
            raise PatchError(f"{path} is not an ordinary file")
        if len(content) > LARGEST:
            raise PatchError(f"{path} is larger than {LARGEST >> 20} MB")
        return content

    def read_link(self, path: str) -> bytes:
        """Give a symlink's target."""
        parent, name = self._parent(path, make=False)
        return os.readlink(os.fsencode(name), dir_fd=parent)

    def _parent(self, path: str, *, make: bool) -> tuple[int, str]:
        *parts, name = path.split("/")
        return self._enter(parts, make=make), name

    def _enter(self, parts: list[str], *, make: bool) -> int:
        same = 0
        while same < min(len(parts), len(self._parts)) and parts[same] == self._parts[same]:
            same += 1
        self._close_below(same)
        for part in parts[same:]:
            self._fds.append(_step(self._fds[-1], part, make=make))
            self._parts.append(part)
        return self._fds[-1]

    def _close_below(self, depth: int) -> None:
        while len(self._parts) > depth:
            self._parts.pop()
            os.close(self._fds.pop())


def _read_ordinary(fd: int) -> bytes | None:
    """Give what the descriptor of an ordinary file has, None for anything else, and close it."""
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        return None
    with os.fdopen(fd, "rb") as file:
        return file.read(LARGEST + 1)


def _step(parent: int, name: str, *, make: bool) -> int:
    """Open the folder `name`; on request make it, in the place of whatever else stands there."""
    try:
        return open_folder(parent, name)
    except (FileNotFoundError, NotADirectoryError):
        if not make:
            raise
    remove_tree(parent, name)
    os.mkdir(name, dir_fd=parent)
    return open_folder(parent, name)
