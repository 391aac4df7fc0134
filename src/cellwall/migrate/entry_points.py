"""The five programs that plans name, as files of a target repository; each passes its arguments on, no more.

Nothing is ever overwritten: where a name is taken, the file gets the name `cellwall_<name>`.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cellwall.migrate.atomic_bytes import write_atomically
from cellwall.migrate.errors import RepositoryError
from cellwall.migrate.storage_errors import as_storage_error

_TEXT: Final = '''\
#!/usr/bin/env python3
"""{purpose} Made by `cellwall init`."""

import sys

from cellwall.cli.entry_points import {function}

if __name__ == "__main__":
    sys.exit({function}(__file__, sys.argv[1:]))
'''
_PURPOSES: Final = {
    "scripts/launch_test_update_agents.py": "Launches the agents of this repository's plan.",
    "scripts/execute_parallel_test_update.py": "Executes a plan, named by --plan, with agents in parallel.",
    "scripts/check_isolation_patterns.py": "Looks for isolation defects in this repository.",
    "scripts/security_audit.py": "Reports on the isolation of this repository as a whole.",
    "tests/unified_test_runner.py": "Runs this repository's tests as many users.",
}
# Path in the repository -> the file's whole text.
ENTRY_POINTS: Final = {
    path: _TEXT.format(purpose=purpose, function=Path(path).stem) for path, purpose in _PURPOSES.items()
}


@dataclass(frozen=True, slots=True)
class Writing:
    """What becomes of one entry point: `path` is where its text goes, `""` for nowhere; `note` says why."""

    name: str
    path: str
    note: str

    @property
    def text(self) -> str:
        """The file's whole text."""
        return ENTRY_POINTS[self.name]


def plan_writings(root: Path) -> list[Writing]:
    """Decide for each entry point where it goes, by what is there now."""
    return [_writing(root, name) for name in ENTRY_POINTS]


def write_entry_point(root: Path, writing: Writing) -> None:
    """Write the file, whole or not at all, and only where nothing is.

    Raises:
        RepositoryError: something has come into being at the path, or its folder leads out of the repository.
        StorageError: the disk is full or read-only.
    """
    target = root / writing.path
    if not target.parent.resolve().is_relative_to(root.resolve()):
        raise RepositoryError(f"{target.parent} leads out of the repository; remove the link, then try again")
    with as_storage_error("write", target):
        target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    write_atomically(unfinished, writing.text.encode())
    try:
        with as_storage_error("write", target):
            unfinished.chmod(0o755)
            _link_new(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def _link_new(unfinished: Path, target: Path) -> None:
    try:
        os.link(unfinished, target)  # fails where something is; a rename would replace it
    except FileExistsError as error:
        raise RepositoryError(f"{target} came into being just now; run init again") from error


def _writing(root: Path, name: str) -> Writing:
    if _is_ours(root / name, name):
        return Writing(name, "", f"{name} is there already, as init writes it")
    if not _is_taken(root / name):
        return Writing(name, name, "")
    other = str(Path(name).with_name(f"cellwall_{Path(name).name}"))
    if _is_ours(root / other, name):
        return Writing(name, "", f"{name} is taken; {other} is there already")
    if _is_taken(root / other):
        return Writing(name, "", f"{name} and {other} are both taken; nothing is written")
    return Writing(name, other, f"{name} is taken, so it becomes {other}")


def _is_taken(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _is_ours(path: Path, name: str) -> bool:
    try:
        return not path.is_symlink() and path.stat().st_size < 4096 and path.read_text() == ENTRY_POINTS[name]
    except (OSError, ValueError):
        return False
