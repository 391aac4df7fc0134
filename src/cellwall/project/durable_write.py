"""Replaces a file's content whole and durably. What may be replaced is for the caller to decide."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

_NAME: Final = 40  # characters of at most four bytes; a name may have 255


def replace_durably(
    path: Path,
    content: bytes,
    *,
    suffix: str,
    mode: int | None = None,
    sync: bool = True,
    prepare: Callable[[int], None] | None = None,
) -> None:
    """Write `content` to a new name in the same folder, sync it, and let it take the name `path`.

    Afterwards `path` holds the old bytes or the new ones, never a part, whatever dies when. A killed
    process leaves at most a hidden file whose name ends with `suffix`. `prepare` gets the new file's
    descriptor when all is written; what it raises is raised, and nothing is replaced. A file with a mode or
    a preparation is nobody else's to read until then. Without `sync` nobody waits for
    the disk: for other processes it is the same, but a loss of power may leave other bytes than these.

    Raises:
        OSError: the disk is full or read-only, or the folder is missing; nothing is left behind.
    """
    temporary = path.with_name(f".{path.name[:_NAME]}.{os.urandom(8).hex()}{suffix}")
    first = 0o666 if mode is None and prepare is None else 0o600
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, first)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            if mode is not None:
                os.fchmod(stream.fileno(), mode)
            if prepare is not None:
                prepare(stream.fileno())
            if sync:
                os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if sync:
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable; some file systems do not offer this for folders."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
