"""Removes a file or a whole folder without following a symlink, however deep or locked the folder is."""

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
DEEPEST: Final = 50  # folders open at once; deeper ones are moved up first


def open_folder(parent: int, name: str) -> int:
    """Open a folder that is no symlink, and give ourselves every right to it."""
    state = os.stat(name, dir_fd=parent, follow_symlinks=False)
    if stat.S_ISDIR(state.st_mode) and state.st_mode & 0o700 != 0o700:
        os.chmod(name, state.st_mode | 0o700, dir_fd=parent)
    return os.open(name, FOLDER, dir_fd=parent)


def remove_tree(parent: int, name: str) -> None:
    """Remove `name` in the folder that is open as `parent`; nothing there is fine. Raises OSError."""
    try:
        state = os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(state.st_mode):
        os.unlink(name, dir_fd=parent)
        return
    top = open_folder(parent, name)
    try:
        left = _names(top)
        while left:
            _remove(top, left.pop(), top, left, 0)
    finally:
        os.close(top)
    os.rmdir(name, dir_fd=parent)


def remove_path(path: Path) -> None:
    """Remove what stands at `path`, whose parent may be reached through symlinks. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        parent = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            remove_tree(parent, path.name)
        finally:
            os.close(parent)


def _remove(parent: int, name: str, top: int, left: list[str], depth: int) -> None:
    """Remove what stands there; a folder that is too deep moves to the top, and its name to `left`."""
    if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
        os.unlink(name, dir_fd=parent)
        return
    fd = open_folder(parent, name)
    try:
        if depth >= DEEPEST:
            left.append(_move_up(parent, name, top))
            return
        for inner in _names(fd):
            _remove(fd, inner, top, left, depth + 1)
    finally:
        os.close(fd)
    os.rmdir(name, dir_fd=parent)


def _names(fd: int) -> list[str]:
    with os.scandir(fd) as entries:
        return [entry.name for entry in entries]


def _move_up(parent: int, name: str, top: int) -> str:
    number = 0
    while True:
        free = f"deep-{number}"
        try:
            os.mkdir(free, dir_fd=top)  # an empty folder may be renamed over; anything else may not
        except FileExistsError:
            number += 1
        else:
            os.rename(name, free, src_dir_fd=parent, dst_dir_fd=top)
            return free
