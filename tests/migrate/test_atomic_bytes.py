"""A file is written whole or not at all, whatever dies or fills up."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cellwall.migrate.atomic_bytes import write_atomically
from cellwall.migrate.errors import StorageError

KILLED = """
import os, signal, sys
from pathlib import Path
from cellwall.migrate.atomic_bytes import write_atomically
os.fsync = lambda fd: os.kill(os.getpid(), signal.SIGKILL)
write_atomically(Path(sys.argv[1]), b"new" * 1000)
"""


def test_it_replaces_the_content(tmp_path: Path) -> None:
    for content in (b"old", b"", b"new" * 100_000):
        write_atomically(tmp_path / "file", content)
        assert (tmp_path / "file").read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_kill_before_the_rename_keeps_the_old_content(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", b"old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "file")], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "file").read_bytes() == b"old"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot write .*No such file"):
        write_atomically(tmp_path / "none" / "file", b"x")


@pytest.mark.needs_mount
def test_a_full_or_read_only_disk_keeps_the_old_content(disk, fill, read_only) -> None:
    with disk(64) as folder:
        write_atomically(folder / "file", b"old")
        with read_only(folder), pytest.raises(StorageError, match=r"Read-only file system.*writable"):
            write_atomically(folder / "file", b"new")
        fill(folder)
        with pytest.raises(StorageError, match=r"No space left on device.*free some space"):
            write_atomically(folder / "file", b"new" * 10_000)
        assert (folder / "file").read_bytes() == b"old"
        assert sorted(path.name for path in folder.iterdir()) == ["ballast", "file"]
