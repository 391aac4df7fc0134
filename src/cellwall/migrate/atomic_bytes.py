"""Writes a run's own file whole or not at all, and tells the disk's errors as StorageError."""

from pathlib import Path
from typing import Final

from cellwall.migrate.storage_errors import as_storage_error
from cellwall.project.durable_write import replace_durably

UNFINISHED: Final = ".new"  # how the names of files end that a killed process did not finish


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the file's content, on the disk when this returns.

    Raises:
        StorageError: the disk is full or read-only; the old content is intact, no temporary file is left.
    """
    with as_storage_error("write", path):
        replace_durably(path, data, suffix=UNFINISHED)
