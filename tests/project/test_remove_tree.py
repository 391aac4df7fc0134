"""Folders go, however deep or locked; what symlinks lead to stays."""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from cellwall.project.remove_tree import remove_path

DEPTH = 2100  # of "d/": more than the 4096 bytes of the longest path, and than Python's recursion limit


def test_files_folders_and_links_go_and_targets_stay(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "kept").write_bytes(b"kept")
    tree = tmp_path / "tree"
    (tree / "a" / "b").mkdir(parents=True)
    (tree / "a" / "link").symlink_to(victim)
    (tree / "a" / "b" / "file").write_bytes(b"")
    os.mkfifo(tree / "pipe")
    remove_path(tree)
    remove_path(tree)
    remove_path(tmp_path / "none" / "x")
    assert [path.name for path in tmp_path.iterdir()] == ["victim"]
    (tmp_path / "link").symlink_to(victim)
    remove_path(tmp_path / "link")
    assert (victim / "kept").read_bytes() == b"kept"


def test_a_tree_deeper_than_any_path_may_be_long(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "deep-0").mkdir()
    (tree / "deep-0" / "taken").write_bytes(b"the name that removing would like to use")
    fd = os.open(tree, os.O_RDONLY)
    for _ in range(DEPTH):
        os.mkdir("d", dir_fd=fd)
        inner = os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = inner
    os.close(fd)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
    try:
        remove_path(tree)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        left = tree.exists()
        subprocess.run(["rm", "-rf", str(tree)], check=True)  # pytest itself could not
    assert not left


LOCKED = """
import os, sys
from pathlib import Path
from cellwall.project.remove_tree import remove_path
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
tree = Path(sys.argv[1]) / "tree"
(tree / "a" / "b").mkdir(parents=True)
(tree / "a" / "b" / "file").write_bytes(b"")
for folder in (tree / "a" / "b", tree / "a", tree):
    folder.chmod(0)
remove_path(tree)
assert not tree.exists()
"""


def test_locked_folders_go_too_without_roots_rights() -> None:
    # A folder of its own: pytest closes the folders above `tmp_path` to others whenever a worker starts.
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o777)
        subprocess.run([sys.executable, "-c", LOCKED, str(folder)], check=True)
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=True)
