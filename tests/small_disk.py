"""Fixtures for full disks: a tiny file system in memory, and what fills it. Needs root on Linux."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

Disk = Callable[[int], AbstractContextManager[Path]]
Fill = Callable[[Path], None]


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    """Give a function that mounts a file system of so many KB while its context lasts."""

    @contextmanager
    def mount(kilobytes: int) -> Iterator[Path]:
        if os.geteuid() != 0:
            pytest.skip("mounting a tiny file system needs root")
        folder = tmp_path / "disk"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=700", "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"mounting a tiny file system is not allowed here: {done.stderr.strip()}")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)

    return mount


@pytest.fixture
def fill() -> Fill:
    """Give a function that leaves no byte on the disk below a folder; remove `ballast` to make room."""

    def fill_up(folder: Path) -> None:
        state = os.statvfs(folder)
        (folder / "ballast").write_bytes(b"x" * (state.f_bavail * state.f_frsize))

    return fill_up
