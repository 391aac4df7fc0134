"""What a test run left in its workspace, so that the next run starts where it did."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Listing = Mapping[str, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Traces:
    """Paths that a run added, and paths that it changed or deleted."""

    added: tuple[str, ...]
    spoiled: tuple[str, ...]


def listing(root: Path) -> Listing:
    """Give mode, size and change time of everything below a folder; the change time cannot be set back."""
    found: dict[str, tuple[int, int, int]] = {}
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    path = folder + entry.name
                    if stat.S_ISDIR(status.st_mode):
                        found[path] = (status.st_mode, 0, 0)
                        pending.append(path + "/")
                    else:
                        found[path] = (status.st_mode, status.st_size, status.st_ctime_ns)
        except OSError:
            found[folder] = (0, -1, 0)  # it became unreadable: spoiled
    return found


def traces(before: Listing, after: Listing) -> Traces:
    """Tell what happened between two listings of one folder."""
    added = tuple(sorted(after.keys() - before.keys()))
    spoiled = tuple(sorted(path for path, entry in before.items() if after.get(path) != entry))
    return Traces(added, spoiled)


def remove(root: Path, added: tuple[str, ...]) -> None:
    """Remove what a run added; links are removed, not followed."""
    for path in added:
        file = root / path
        if file.is_dir() and not file.is_symlink():
            shutil.rmtree(file, ignore_errors=True)
        elif file.is_symlink() or file.exists():
            file.unlink(missing_ok=True)
