"""A disk that fills up or is read-only stops a run with a clear error; what was there stays as it was."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.needs_mount,
    pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root"),
]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a tmpfs of 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("this machine does not let root mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def run(root: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "cellwall", "run", "RENOVATION_PLAN.md", "--no-validate-after-update"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def contents(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def test_a_full_disk(shop: Any, small_disk: Path) -> None:
    root = small_disk / "shop"
    shutil.copytree(shop.root, root)
    before, head = contents(root), (root / ".git/HEAD").read_text()
    free = shutil.disk_usage(small_disk).free
    (small_disk / "ballast").write_bytes(b"x" * max(0, free - 60_000))
    done = run(root)
    assert done.returncode == 3, done.stderr
    assert "disk" in done.stderr or "space" in done.stderr
    assert "Traceback" not in done.stderr
    assert (contents(root), (root / ".git/HEAD").read_text()) == (before, head)


def test_a_read_only_repository(shop: Any, small_disk: Path) -> None:
    root = small_disk / "shop"
    shutil.copytree(shop.root, root)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = run(root)
    assert done.returncode in (2, 3), done.stderr
    assert "read-only" in done.stderr.lower()
    assert "Traceback" not in done.stderr
