"""Folders of the dead are found by their names and removed, however deep or locked; no others are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cellwall.project.own_folder import own_folder, remove_folder, remove_leftovers


def dig(folder: Path, depth: int) -> None:
    """Make folders in folders, deeper than any path can name."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def test_a_folder_goes_away_whatever_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("stays")
    with own_folder("env") as folder:
        dig(folder, 1100)  # more than the recursion limit of Python's own way
        (folder / "link").symlink_to(tmp_path)
        locked = folder / "locked"
        (locked / "inner").mkdir(parents=True)
        locked.chmod(0)
    assert not folder.exists()
    assert (tmp_path / "file").read_text() == "stays"


def test_a_folder_goes_away_after_an_error() -> None:
    with pytest.raises(ValueError, match="inside"), own_folder("tests") as folder:
        raise ValueError("inside")
    assert not folder.exists()
    remove_folder(folder)  # a second time is fine


def test_only_folders_of_the_dead_are_removed(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with own_folder("env") as mine:
        namespace = mine.name.split("-")[2]
    dead = tmp_path / f"cellwall-env-{namespace}-{gone.pid}-abc"
    kept = [
        tmp_path / f"cellwall-env-{namespace}-{os.getpid()}-abc",
        tmp_path / f"cellwall-env-{int(namespace) + 1}-{gone.pid}-abc",
        tmp_path / f"cellwall-other-{namespace}-{gone.pid}-abc",
        tmp_path / f"cellwall-env-{gone.pid}",
    ]
    for folder in (dead, *kept):
        (folder / "home").mkdir(parents=True)
    link = tmp_path / f"cellwall-env-{namespace}-{gone.pid}-link"
    link.symlink_to(kept[0])
    assert remove_leftovers(tmp_path) == 1
    assert sorted(tmp_path.iterdir()) == sorted([*kept, link])
    assert (kept[0] / "home").is_dir()
