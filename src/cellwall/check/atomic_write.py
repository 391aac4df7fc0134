"""Replaces a source file's content, keeping what else it is; links, devices, read-only files are refused."""

import os
import stat
from pathlib import Path

from cellwall.check.kept_attributes import take_after
from cellwall.project.durable_write import replace_durably


class WriteError(Exception):
    """A file could not be written; its old content is intact. The text says which file and why."""


def atomic_write(path: Path, content: bytes, *, before: bytes) -> None:
    """Replace the content of a regular file that holds `before`, keeping owner, mode and extended attributes.

    Afterwards it holds the old bytes or the new ones, never a part. Where it has further names (hard links),
    those keep the old content. A file that already holds `content` is left alone.

    Raises:
        WriteError: it is a link, a device, read-only or missing, somebody else has changed it since it was
            read, or the disk is full or read-only.
    """

    def prepare(descriptor: int) -> None:
        now, status = _read(path)
        if now not in (before, content):  # another repair at the same time comes to the same
            raise WriteError(
                f"{path}: was changed by somebody else meanwhile, and is left as it is; run again"
            )
        take_after(descriptor, path, status)

    try:
        now, _ = _read(path)
        if not os.access(path, os.W_OK):
            raise WriteError(f"{path}: is read-only; its content is unchanged")
        if now != content:
            replace_durably(path, content, suffix=".cellwall", prepare=prepare)
    except OSError as error:
        reason = error.strerror or str(error)
        raise WriteError(f"{path}: cannot be written ({reason}); its old content is intact") from error


def _read(path: Path) -> tuple[bytes, os.stat_result]:
    """Give the content of a regular file, and what else it is; nothing is waited for, no link followed."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise WriteError(f"{path}: not a regular file, so it is not written (a link is not followed)")
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb", buffering=0) as stream:  # noqa: PTH123 - a descriptor, not a path
        return stream.readall(), os.fstat(descriptor)
