"""Replaces the content of a source file, keeping its mode; links, devices and read-only files are refused."""

import os
import stat
from pathlib import Path

from cellwall.project.durable_write import replace_durably


class WriteError(Exception):
    """A file could not be written; its old content is intact. The text says which file and why."""


def atomic_write(path: Path, content: bytes) -> None:
    """Replace the content of a regular file, keeping its mode.

    Afterwards it holds the old bytes or the new ones, never a part.

    Raises:
        WriteError: the file is a link, a device or missing, or the disk is full or read-only.
    """
    try:
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):
            raise WriteError(f"{path}: not a regular file, so it is not written (a link is not followed)")
        if not os.access(path, os.W_OK):
            raise WriteError(f"{path}: is read-only; its content is unchanged")
        replace_durably(path, content, suffix=".cellwall", mode=stat.S_IMODE(mode))
    except OSError as error:
        reason = error.strerror or str(error)
        raise WriteError(f"{path}: cannot be written ({reason}); its old content is intact") from error
