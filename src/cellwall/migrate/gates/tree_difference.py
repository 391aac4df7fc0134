"""What differs between two folders on disk. Reads, never follows a symlink, never writes."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CHUNK: Final = 1 << 20
# Traces that running tests leave: ignored where only the first tree has them. In the second they count,
# because a planted .pyc is code.
TRACES: Final = frozenset({"__pycache__", ".pytest_cache"})
GIT: Final = ".git"  # a worktree's link, or its repository; at the top only


@dataclass(frozen=True, slots=True)
class Difference:
    """One path that differs. `how` is added, deleted, content, mode, type or unreadable."""

    path: str
    how: str
    detail: str = ""


def differences(first: Path, second: Path) -> Iterator[Difference]:
    """Give what makes `second` differ from `first`, by bytes (time stamps can be forged), in path order.

    A folder that one side lacks is given file by file, an empty one as itself with a slash.
    """
    pending = [""]
    while pending:
        folder = pending.pop()
        mine, yours = _entries(first, folder), _entries(second, folder)
        inner: list[str] = []
        for name in sorted(mine.keys() | yours.keys()):
            path = f"{folder}{name}"
            one, two = mine.get(name), yours.get(name)
            if one is None or two is None:
                yield from _one_sided(first if two is None else second, path, two is None)
            elif _is_folder(one) and _is_folder(two):
                inner.append(f"{path}/")
                yield from _mode(path, one, two)
            else:
                yield from _files(first, second, path, one, two)
        pending += reversed(inner)


def _entries(root: Path, folder: str) -> dict[str, os.stat_result]:
    found: dict[str, os.stat_result] = {}
    with os.scandir(root / folder) as entries:
        for entry in entries:
            if folder or entry.name != GIT:
                found[entry.name] = entry.stat(follow_symlinks=False)
    return found


def _is_folder(status: os.stat_result) -> bool:
    return stat.S_ISDIR(status.st_mode)


def _one_sided(root: Path, path: str, deleted: bool) -> Iterator[Difference]:
    if deleted and TRACES & set(path.split("/")):
        return
    how = "deleted" if deleted else "added"
    status = (root / path).lstat()
    if not _is_folder(status):
        regular = stat.S_ISREG(status.st_mode)
        yield Difference(path, how, "" if regular else stat.filemode(status.st_mode))
        return
    names = sorted(_entries(root, f"{path}/"))
    if not names:
        yield Difference(f"{path}/", how, "an empty folder")
    for name in names:
        yield from _one_sided(root, f"{path}/{name}", deleted)


def _mode(path: str, one: os.stat_result, two: os.stat_result) -> Iterator[Difference]:
    if stat.S_IMODE(one.st_mode) != stat.S_IMODE(two.st_mode):
        yield Difference(path, "mode", f"{stat.filemode(one.st_mode)} -> {stat.filemode(two.st_mode)}")


def _files(
    first: Path, second: Path, path: str, one: os.stat_result, two: os.stat_result
) -> Iterator[Difference]:
    if stat.S_IFMT(one.st_mode) != stat.S_IFMT(two.st_mode):
        yield Difference(path, "type", f"{stat.filemode(one.st_mode)} -> {stat.filemode(two.st_mode)}")
        return
    yield from _mode(path, one, two)
    try:
        if not _same(first / path, second / path, one, two):
            yield Difference(path, "content")
    except OSError as error:
        yield Difference(path, "unreadable", error.strerror or "")


def _same(mine: Path, yours: Path, one: os.stat_result, two: os.stat_result) -> bool:
    if stat.S_ISLNK(one.st_mode):
        return mine.readlink() == yours.readlink()
    if (one.st_dev, one.st_ino) == (two.st_dev, two.st_ino):
        return True
    if not stat.S_ISREG(one.st_mode) or one.st_size != two.st_size:
        return False
    return _same_bytes(str(mine), str(yours))


def _same_bytes(mine: str, yours: str) -> bool:
    """Compare two regular files; unbuffered, because nearly all files are one short read."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    left = os.open(mine, flags)
    try:
        right = os.open(yours, flags)
        try:
            while True:
                one, two = os.read(left, CHUNK), os.read(right, CHUNK)
                if one != two:
                    return False
                if not one:
                    return True
        finally:
            os.close(right)
    finally:
        os.close(left)
