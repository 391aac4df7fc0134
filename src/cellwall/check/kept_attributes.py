"""Gives a new file what an old one is beside its content: owner, extended attributes, mode."""

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

_OWN: Final = "security.capability"  # rights that were given to the old content only


def take_after(descriptor: int, path: Path, status: os.stat_result) -> None:
    """Make an open new file like the old one at `path`, as far as the process may.

    Where the owner cannot be kept, the bits that would lend out the new owner's rights are not kept either.
    """
    _copy_attributes(descriptor, path)
    for owner in ((-1, status.st_gid), (status.st_uid, -1)):
        with contextlib.suppress(OSError):
            os.fchown(descriptor, *owner)
    now, mode = os.fstat(descriptor), stat.S_IMODE(status.st_mode)
    if (now.st_uid, now.st_gid) != (status.st_uid, status.st_gid):
        mode &= 0o777
    os.fchmod(descriptor, mode)


def _copy_attributes(descriptor: int, path: Path) -> None:
    if not hasattr(os, "listxattr"):
        return  # only Linux has them here
    with contextlib.suppress(OSError):
        for name in os.listxattr(path, follow_symlinks=False):
            if name != _OWN:
                with contextlib.suppress(OSError):
                    os.setxattr(descriptor, name, os.getxattr(path, name, follow_symlinks=False))
