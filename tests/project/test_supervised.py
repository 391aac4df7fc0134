"""What killed callers left is found by the pid in its name, and nothing else is touched."""

import os
import subprocess
import sys
from pathlib import Path

from cellwall.project.supervised import PREFIX, remove_leftovers


def test_only_folders_of_the_dead_are_removed(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead = tmp_path / f"{PREFIX}{gone.pid}-abc"
    alive = tmp_path / f"{PREFIX}{os.getpid()}-abc"
    odd = tmp_path / f"{PREFIX}x-abc"
    other = tmp_path / "other"
    for folder in (dead, alive, odd, other):
        (folder / "home").mkdir(parents=True)
    link = tmp_path / f"{PREFIX}{gone.pid}-link"
    link.symlink_to(other)
    assert remove_leftovers(tmp_path) == 1
    assert sorted(tmp_path.iterdir()) == sorted([alive, odd, other, link])
    assert (other / "home").is_dir()
