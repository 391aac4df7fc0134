"""Reads a file of a hostile repository whole: only a plain one, and only so much; nothing is waited for."""

import errno
import os
import stat
from pathlib import Path


def bounded_bytes(path: Path, limit: int, *, follow: bool = True) -> bytes:
    """Give a plain file's bytes; with `follow=False` a link is refused.

    Raises:
        OSError: it is a pipe, a device, a folder or missing, cannot be read, or has more than `limit` bytes.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a plain file", str(path))
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"has more than {limit >> 20} MB", str(path))
    return data
