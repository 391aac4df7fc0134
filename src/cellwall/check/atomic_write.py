"""Replaces a file's content whole: afterwards it holds the old bytes or the new ones, never a part."""

import contextlib
import os
import stat
import tempfile
from pathlib import Path
from typing import IO, Any


class WriteError(Exception):
    """A file could not be written; its old content is intact. The text says which file and why."""


def atomic_write(path: Path, content: bytes) -> None:
    """Replace the content of a regular file, keeping its mode.

    The new content goes to a temporary file in the same folder, reaches the disk, and takes the name at once.

    Raises:
        WriteError: the file is a link, a device or missing, or the disk is full or read-only.
    """
    try:
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):
            raise WriteError(f"{path}: not a regular file, so it is not written (a link is not followed)")
        if not os.access(path, os.W_OK):
            raise WriteError(f"{path}: is read-only; its content is unchanged")
        _replace(path, content, stat.S_IMODE(mode))
    except OSError as error:
        reason = error.strerror or str(error)
        raise WriteError(f"{path}: cannot be written ({reason}); its old content is intact") from error


def _replace(path: Path, content: bytes, mode: int) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".cellwall", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            _to_disk(stream)
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _folder_to_disk(path.parent)


def _to_disk(stream: IO[Any]) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _folder_to_disk(folder: Path) -> None:
    """Make the new name itself durable; some file systems do not offer this for folders."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
