"""Replaces a file's content whole and durably. What may be replaced is for the caller to decide."""

import contextlib
import os
from pathlib import Path


def replace_durably(path: Path, content: bytes, *, suffix: str, mode: int | None = None) -> None:
    """Write `content` to a new name in the same folder, sync it, and let it take the name `path`.

    Afterwards `path` holds the old bytes or the new ones, never a part, whatever dies when. A killed
    process leaves at most a hidden file whose name ends with `suffix`.

    Raises:
        OSError: the disk is full or read-only, or the folder is missing; nothing is left behind.
    """
    temporary = path.with_name(f".{path.name[:100]}.{os.urandom(8).hex()}{suffix}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable; some file systems do not offer this for folders."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
