"""Writes a file whole or not at all: the old content or the new one, nothing else, whatever dies when."""

import contextlib
import os
from pathlib import Path
from typing import Final

from cellwall.migrate.storage_errors import as_storage_error

UNFINISHED: Final = ".new"  # how the names of files end that a killed process did not finish


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the file's content, on the disk when this returns (temporary file, fsync, rename, fsync).

    Raises:
        StorageError: the disk is full or read-only; the old content is intact, no temporary file is left.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    with as_storage_error("write", path):
        try:
            _write(unfinished, data)
            unfinished.replace(path)
            _sync_folder(path.parent)
        except BaseException:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
