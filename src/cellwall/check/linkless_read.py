"""Reads files below a folder without following links; the folder of the last one may stay open."""

import errno
import os
import stat
from typing import Final, final

NOT_REGULAR: Final = "not a regular file"
_TOP: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FOLDER: Final = _TOP | os.O_NOFOLLOW
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_AT_MOST: Final = 1 << 30  # bytes that are asked for in one go
_AT_ONCE: Final = 1 << 16  # the same, where nothing says how many there are


def read_without_links(root: str, path: str) -> bytes:
    """Give the bytes of the regular file at `path`, whose parts are names, below `root`.

    Raises:
        OSError: a folder or the file is a link, missing, cannot be read or is none.
    """
    folder = OpenFolder(root)
    try:
        return folder.read(path)
    finally:
        folder.close()


@final
class OpenFolder:
    """Reads one file after the other, and opens folders only where a file lies in another one than the last.

    A folder is opened step by step, each relative to the one before and none through a link, so that no link
    can be swapped in between; from then on the descriptor stands for the folder itself, whatever is put in
    its place. Who reads for long closes it from time to time: a folder that was replaced stays the old one.
    """

    def __init__(self, root: str) -> None:
        """Open nothing yet."""
        self._root = root
        self._folder: str | None = None
        self._handle = -1

    def read(self, path: str) -> bytes:
        """Give a file's bytes, as `read_without_links` does."""
        folder, _, name = path.rpartition("/")
        try:
            if folder != self._folder:
                self.close()
                self._handle = _opened(self._root, folder.split("/") if folder else ())
                self._folder = folder
            file = os.open(name, _FILE, dir_fd=self._handle)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise OSError(errno.ELOOP, "a link, which is not followed", path) from None
            raise
        try:
            return _whole(file, path)
        finally:
            os.close(file)

    def close(self) -> None:
        """Close the folder; the next file opens its own again."""
        if self._folder is not None:
            self._folder = None
            os.close(self._handle)


def _opened(root: str, folders: "tuple[()] | list[str]") -> int:
    handle = os.open(root, _TOP)
    for folder in folders:
        try:
            inner = os.open(folder, _FOLDER, dir_fd=handle)
        finally:
            os.close(handle)
        handle = inner
    return handle


def _whole(file: int, path: str) -> bytes:
    state = os.fstat(file)
    if not stat.S_ISREG(state.st_mode):
        raise OSError(errno.EINVAL, NOT_REGULAR, path)
    pieces = [os.read(file, min(state.st_size + 1, _AT_MOST))]
    while more := os.read(file, _AT_ONCE):  # it grew, or is larger than what is given at once
        pieces.append(more)
    return b"".join(pieces) if len(pieces) > 1 else pieces[0]
