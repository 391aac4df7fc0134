"""Temporary folders that a killed process cannot leave for ever: their names tell who made them.

A name is `cellwall-<purpose>-<pid namespace>-<pid>-<random>`; a pid means nothing in another container that
shares the folder for temporary files, so only names of the own namespace are ever swept.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from cellwall.project.remove_tree import remove_path

_NAME: Final = re.compile(r"cellwall-(?:env|tests|probe)-(\d+)-(\d+)-\w+")


@contextmanager
def own_folder(purpose: str) -> Iterator[Path]:
    """Give a new folder, and remove it afterwards whatever hostile code put into it."""
    folder = Path(tempfile.mkdtemp(prefix=f"cellwall-{purpose}-{_namespace()}-{os.getpid()}-"))
    try:
        yield folder
    finally:
        remove_folder(folder)


def remove_folder(folder: Path) -> None:
    """Remove a folder, also one that is too deep for Python, or locked by its modes; never follows a link."""
    with suppress(OSError):
        remove_path(folder)


def remove_leftovers(parent: Path | None = None) -> int:
    """Remove the folders of processes that no longer live; gives how many are gone."""
    removed = 0
    for path in Path(parent or tempfile.gettempdir()).glob("cellwall-*"):
        match = _NAME.fullmatch(path.name)
        if (
            match
            and match.group(1) == _namespace()
            and not path.is_symlink()
            and not _alive(int(match.group(2)))
        ):
            remove_folder(path)
            removed += not path.exists()
    return removed


def _namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return "0"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
