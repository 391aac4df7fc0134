"""The fingerprint changes with whatever of the user's is touched, and with nothing that a run does."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cellwall.migrate import fingerprint as module
from cellwall.migrate.batch import FileChange
from cellwall.migrate.fingerprint import fingerprint
from cellwall.migrate.git.repository import Repository

Touch = Callable[[Repository, Callable[..., str]], object]

TOUCHES: dict[str, Touch] = {
    "tracked file": lambda repo, git: (repo.root / "src/app.py").write_bytes(b"x = 2\n"),
    "untracked file": lambda repo, git: (repo.root / "untracked").write_bytes(b"2"),
    "new file": lambda repo, git: (repo.root / "new").write_bytes(b""),
    "deleted file": lambda repo, git: (repo.root / "README.md").unlink(),
    "mode": lambda repo, git: (repo.root / "README.md").chmod(0o755),
    "link": lambda repo, git: (repo.root / "link").unlink() or (repo.root / "link").symlink_to("src"),
    "link for file": lambda repo, git: (
        (repo.root / "README.md").unlink() or (repo.root / "README.md").symlink_to("link")
    ),
    "index": lambda repo, git: git(repo.root, "update-index", "--chmod=+x", "src/app.py"),
    "branch": lambda repo, git: git(repo.root, "symbolic-ref", "HEAD", "refs/heads/other"),
    "detached": lambda repo, git: git(repo.root, "checkout", "-q", "--detach"),
    "new branch": lambda repo, git: git(repo.root, "branch", "new"),
    "tag": lambda repo, git: git(repo.root, "tag", "new"),
    "commit": lambda repo, git: git(repo.root, "commit", "-q", "--allow-empty", "-m", "x"),
    "stash": lambda repo, git: git(repo.root, "stash", "store", git(repo.root, "rev-parse", "HEAD")),
    "stash below the top": lambda repo, git: git(repo.root, "stash", "drop", "-q", "stash@{1}"),
    "configuration": lambda repo, git: git(repo.root, "config", "user.name", "x"),
    "new hook": lambda repo, git: (repo.git_dir / "hooks" / "pre-push").write_bytes(b"#!/bin/sh\n"),
    "hook's mode": lambda repo, git: (repo.git_dir / "hooks" / "pre-commit").chmod(0o755),
    "exclude file": lambda repo, git: (repo.git_dir / "info" / "exclude").write_bytes(b"x"),
    "a run's branch by another name": lambda repo, git: git(repo.root, "branch", "cellwall-x"),
}


@pytest.fixture
def rich(repo: Repository, git) -> Repository:
    """Give a repository in which everything that counts exists."""
    root = repo.root
    git(root, "branch", "other")
    (root / "link").symlink_to("README.md")
    git(root, "add", "link")
    git(root, "commit", "-q", "-m", "link")
    for number in range(2):
        (root / "README.md").write_bytes(b"%d" % number)
        git(root, "stash", "-q")
    (root / "untracked").write_bytes(b"1")
    (root / ".gitignore").write_bytes(b"*.log\n")
    (repo.git_dir / "hooks").mkdir(exist_ok=True)
    (repo.git_dir / "hooks" / "pre-commit").write_bytes(b"#!/bin/sh\n")
    return repo


@pytest.mark.parametrize("what", TOUCHES)
def test_it_changes_with(rich: Repository, git, what: str) -> None:
    before = fingerprint(rich)
    assert fingerprint(Repository(rich.root)) == before
    TOUCHES[what](rich, git)
    assert fingerprint(rich) != before


def test_it_does_not_change_with_what_a_run_does(rich: Repository, git) -> None:
    before = fingerprint(rich)
    commit = rich.commit_changes(rich.head_commit(), [FileChange("n", None, b"1")], message="m", at=0)
    rich.create_ref("refs/heads/cellwall/x", commit)
    (rich.root / "x.log").write_bytes(b"ignored")
    os.utime(rich.root / "README.md", (1, 1))
    git(rich.root, "pack-refs", "--all")
    git(rich.root, "update-server-info")  # as git's own tidying in the background does
    assert fingerprint(rich) == before


def test_large_files_count_by_size_and_change_time(rich: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGE", 3)
    file = rich.root / "untracked"
    file.write_bytes(b"12345")
    before = fingerprint(rich)
    state = file.stat()
    file.write_bytes(b"123456")
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert fingerprint(rich) != before


def test_odd_things_in_the_tree_do_not_stop_it(rich: Repository, git, tmp_path: Path) -> None:
    os.mkfifo(rich.root / "pipe")
    (rich.root / "inner").mkdir()
    git(rich.root / "inner", "init", "-q")
    (rich.root / os.fsdecode(b"\xff\n")).write_bytes(b"")
    (rich.root / "loop").symlink_to("loop")
    assert fingerprint(rich) == fingerprint(rich)
