"""Workspaces hold exactly a commit's raw bytes, whatever was done in them, and leave nothing behind."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cellwall.migrate.batch import FileChange
from cellwall.migrate.errors import GitError, PatchError, StorageError
from cellwall.migrate.fingerprint import fingerprint
from cellwall.migrate.run_directory import RunDirectory
from cellwall.migrate.workspaces import WorkspaceFarm

RUN_ID = "20250902-134501123-3fa9"


@pytest.fixture
def farm(repo, run_dir) -> WorkspaceFarm:
    return WorkspaceFarm(repo, run_dir)


def content_of(folder: Path) -> dict[str, bytes]:
    """Give every file and link below a folder, git's own file left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = b"-> " + os.fsencode(path.readlink())
        elif path.is_file() and name != ".git":
            found[name] = path.read_bytes()
    return found


def files_of(repo, commit: str) -> dict[str, bytes]:
    entries = repo.tracked_files(commit)
    return {entry.path: content for entry, content in zip(entries, repo.read_blobs(entries), strict=True)}


def commit(repo, *changes: FileChange) -> str:
    return repo.commit_changes(repo.head_commit(), changes, message="m\n", at=0)


def test_a_workspace_is_a_clean_worktree_outside_with_the_commits_bytes(repo, farm, git) -> None:
    before = fingerprint(repo)
    path = farm.add("one", repo.head_commit())
    assert not path.is_relative_to(repo.root)
    assert content_of(path) == files_of(repo, repo.head_commit())
    assert git(path, "status", "--porcelain") == ""
    assert git(path, "rev-parse", "HEAD") == repo.head_commit()
    path.rename(path.with_name("away"))  # as a disk that is not mounted for a while
    git(repo.root, "worktree", "prune", "--expire=now")
    path.with_name("away").rename(path)
    assert git(path, "status", "--porcelain") == ""
    farm.remove("one")
    assert git(repo.root, "worktree", "list").count("\n") == 0
    farm.remove_all()
    assert fingerprint(repo) == before
    assert not (repo.common_dir / "worktrees").exists()
    assert not path.parent.exists()


def test_attributes_and_filters_change_no_byte_and_modes_are_kept(
    make_repository, git, tmp_path: Path
) -> None:
    files = {
        ".gitattributes": b"* text eol=crlf ident working-tree-encoding=UTF-16\n",
        "a.py": b"# $Id$\r\n\xff\n",
    }
    repo = make_repository({"run.sh": b"#!/bin/sh\n"})
    (repo.root / "run.sh").chmod(0o755)
    git(repo.root, "add", "-A")
    git(repo.root, "commit", "-q", "-m", "executable")
    base = commit(repo, *(FileChange(name, None, content) for name, content in files.items()))
    run = RunDirectory.create(repo, RUN_ID, base=base, temp_root=tmp_path)
    path = WorkspaceFarm(repo, run).add("one", base)
    assert content_of(path) == files | {"run.sh": b"#!/bin/sh\n"}
    assert os.access(path / "run.sh", os.X_OK)
    assert not os.access(path / "a.py", os.X_OK)


def vandalise(path: Path, victim: Path) -> None:
    """Do to a workspace what a bad agent may do."""
    (path / "README.md").write_bytes(b"# reAdme\n")
    os.utime(path / "README.md", ns=(1, 1))
    (path / ".gitignore").write_bytes(b"*\n")
    (path / "ignored").mkdir()
    (path / "ignored" / "file").write_bytes(b"")
    (path / "src" / "app.py").unlink()
    (path / "src").rename(path / "tests" / "src")
    (path / "src").symlink_to(victim)
    (path / "tests" / "test_a.py").unlink()
    (path / "tests" / "test_a.py").symlink_to(victim / "app.py")
    (path / "tests" / "test_b.py").unlink()
    (path / "tests" / "test_b.py").mkdir()
    (path / "tests" / "test_b.py" / "x").write_bytes(b"")
    os.mkfifo(path / "pipe")
    (path / ".git").unlink()
    (path / ".git").mkdir()
    (path / ".git" / "config").write_bytes(b"[core]\n")


def test_reset_undoes_whatever_was_done(repo, farm, git, tmp_path: Path) -> None:
    base = repo.head_commit()
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "app.py").write_bytes(b"precious")
    path = farm.add("one", base)
    git(path, "checkout", "-q", "-b", "mine")
    (path / "README.md").write_bytes(b"mine")
    git(path, "commit", "-q", "-a", "-m", "mine")
    admin = repo.common_dir / "worktrees" / path.name
    for lock in ("index.lock", "HEAD.lock", "MERGE_HEAD"):
        (admin / lock).write_bytes(b"")
    vandalise(path, tmp_path / "victim")
    assert farm.reset("one", base) == path
    assert content_of(path) == files_of(repo, base)
    assert git(path, "status", "--porcelain") == ""
    assert git(path, "rev-parse", "--abbrev-ref", "HEAD") == "HEAD"
    assert (tmp_path / "victim" / "app.py").read_bytes() == b"precious"


def test_reset_brings_it_to_another_commit_and_back(repo, farm, git) -> None:
    base = repo.head_commit()
    other = commit(
        repo,
        FileChange("README.md", b"# readme\n", b"# other!\n"),
        FileChange("src/app.py", b"x = 1\n", None),
        FileChange("src/app.py/now/a/folder", None, b"1"),
    )
    path = farm.add("one", base)
    for target in (other, base, other):
        farm.reset("one", target)
        assert content_of(path) == files_of(repo, target)
        assert git(path, "status", "--porcelain") == ""
        assert farm.changes_in("one", target) == ()


def test_reset_writes_only_what_was_touched(repo, farm) -> None:
    path = farm.add("one", repo.head_commit())
    before = {name: (path / name).stat().st_ino for name in content_of(path)}
    times = {name: (path / name).stat().st_ctime_ns for name in before}
    (path / "README.md").write_bytes(b"# readme\n")
    farm.reset("one", repo.head_commit())
    assert {name for name in before if (path / name).stat().st_ctime_ns != times[name]} == {"README.md"}


def test_a_change_of_same_size_and_forged_times_is_seen(repo, farm) -> None:
    base = repo.head_commit()
    path = farm.add("one", base) / "src" / "app.py"
    for number in range(20):  # at once after filling, so that a coarse clock would hide it
        state = path.stat()
        path.write_bytes(b"x = 2\n")
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
        assert farm.changes_in("one", base) == (FileChange("src/app.py", b"x = 1\n", b"x = 2\n"),), number
        farm.reset("one", base)
        assert path.read_bytes() == b"x = 1\n"


def test_swapped_folders_are_seen(make_repository, tmp_path: Path) -> None:
    repo = make_repository({"a/x": b"1", "b/x": b"2"})
    base = repo.head_commit()
    farm = WorkspaceFarm(repo, RunDirectory.create(repo, RUN_ID, base=base, temp_root=tmp_path))
    path = farm.add("one", base)
    (path / "a").rename(path / "c")
    (path / "b").rename(path / "a")
    (path / "c").rename(path / "b")
    assert farm.changes_in("one", base) == (FileChange("a/x", b"1", b"2"), FileChange("b/x", b"2", b"1"))


def test_apply_writes_and_changes_in_tells(repo, farm) -> None:
    base = repo.head_commit()
    path = farm.add("one", base)
    changes = (
        FileChange("README.md", b"# readme\n", None),
        FileChange("new/file.py", None, b"new\r\n"),
        FileChange("src/app.py", b"x = 1\n", b"x = 2\n"),
    )
    farm.apply("one", changes)
    assert farm.changes_in("one", base) == changes
    assert content_of(path) == {
        "new/file.py": b"new\r\n",
        "src/app.py": b"x = 2\n",
        **{name: content for name, content in files_of(repo, base).items() if name.startswith("tests")},
    }
    farm.reset("one", base)
    assert farm.changes_in("one", base) == ()


def test_apply_keeps_a_programs_mode(repo, farm, git) -> None:
    (repo.root / "run.sh").write_bytes(b"old")
    (repo.root / "run.sh").chmod(0o755)
    git(repo.root, "add", "-A")
    git(repo.root, "commit", "-q", "-m", "program")
    path = farm.add("one", repo.head_commit())
    farm.apply("one", [FileChange("run.sh", b"old", b"new")])
    assert os.access(path / "run.sh", os.X_OK)


@pytest.mark.parametrize("bad", ["../x", "/x", ".git", ".GIT/hooks/x", "a/../../x"])
def test_apply_refuses_unsafe_paths_and_follows_no_link(repo, farm, tmp_path: Path, bad: str) -> None:
    path = farm.add("one", repo.head_commit())
    (tmp_path / "victim").mkdir()
    with pytest.raises(PatchError, match="refused"):
        farm.apply("one", [FileChange(bad, None, b"x")])
    (path / "out").symlink_to(tmp_path / "victim")
    farm.apply("one", [FileChange("out/x", None, b"x")])
    assert list((tmp_path / "victim").iterdir()) == []


def test_what_an_agent_may_not_leave_is_refused(repo, farm, git) -> None:
    (repo.root / "link").symlink_to("README.md")
    git(repo.root, "add", "link")
    git(repo.root, "commit", "-q", "-m", "link")
    with_link = repo.head_commit()
    path = farm.add("one", with_link)
    for spoil in (
        lambda: (path / "new").symlink_to("/etc/passwd"),
        lambda: (path / "README.md").unlink() or (path / "README.md").symlink_to("/etc/passwd"),
        lambda: (path / "README.md").unlink() or (path / "README.md").mkdir(),
        lambda: (path / "link").unlink() or (path / "link").symlink_to("src"),
        (path / "link").unlink,
    ):
        spoil()
        with pytest.raises(PatchError):
            farm.changes_in("one", with_link)
        farm.reset("one", with_link)
    assert farm.changes_in("one", with_link) == ()


def test_caches_and_ignored_files_are_no_changes(repo, farm) -> None:
    base = repo.head_commit()
    path = farm.add("one", base)
    for name in ("src/__pycache__/app.pyc", ".pytest_cache/x", "x.log", ".gitignore", "kept"):
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(b"*.log\n")
    assert [change.path for change in farm.changes_in("one", base)] == [".gitignore", "kept"]


def test_symlinks_are_made_only_when_they_stay_inside(make_repository, git, tmp_path: Path) -> None:
    repo = make_repository({"deep/er/file": b"1", "file": b"2"})
    good = {"ok": "file", "deep/up": "..", "deep/dangling": "nothing", "deep/er/loop": "loop", "self": "."}
    bad = {
        "absolute": "/etc/passwd",
        "climbs": "../outside",
        "deep/er/climbs": "../../../outside",
        "by_way": "deep/up/../outside",
        "by_link": "climbs/file",
        "git": ".git",
        "deep/git": "../.git",
    }
    for name, target in (good | bad).items():
        (repo.root / name).symlink_to(target)
    git(repo.root, "add", "-A")
    git(repo.root, "commit", "-q", "-m", "links")
    base = repo.head_commit()
    farm = WorkspaceFarm(repo, RunDirectory.create(repo, RUN_ID, base=base, temp_root=tmp_path))
    path = farm.add("one", base)
    assert farm.left_out("one") == tuple(sorted(bad))
    expected = {name: b"-> " + target.encode() for name, target in good.items()}
    found = content_of(path)
    assert {name: found[name] for name in found if found[name].startswith(b"->")} == expected
    assert farm.changes_in("one", base) == ()
    farm.reset("one", base)
    assert farm.left_out("one") == tuple(sorted(bad))


def forge_tree(repo, lines: list[tuple[str, str, bytes]]) -> str:
    """Give a commit whose tree git itself would never make."""
    body = b"".join(
        mode.encode() + b" " + name.encode() + b"\0" + bytes.fromhex(blob)
        for mode, name, blob in (
            (mode, name, repo.git.run("hash-object", "-w", "--stdin", stdin=content).decode().strip())
            for mode, name, content in lines
        )
    )
    tree = (
        repo.git.run("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=body).decode().strip()
    )
    identity = {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return repo.git.run("commit-tree", tree, stdin=b"m", variables=identity).decode().strip()


def test_a_tree_that_names_paths_outside_writes_nothing_there(repo, run_dir, tmp_path: Path) -> None:
    lines = [("100644", "..", b"x"), ("100644", ".git", b"gitdir: /x\n"), ("100644", "a/../../y", b"y")]
    evil = forge_tree(repo, [*lines, ("100644", "good", b"good")])
    before = {path for path in tmp_path.rglob("*") if ".git" not in path.parts}
    farm = WorkspaceFarm(repo, run_dir)
    try:
        path = farm.add("one", evil)
    except GitError:  # git refuses to make an index of it; then nothing is left
        assert {path for path in tmp_path.rglob("*") if ".git" not in path.parts} - before <= {
            run_dir.workspaces.parent,
            run_dir.workspaces,
            run_dir.workspaces / ".cellwall-workspaces",
        }
    else:
        assert content_of(path) == {"good": b"good"}
        assert farm.left_out("one") == ("..", ".git", "a/../../y")


def test_workspaces_are_made_side_by_side(repo, farm) -> None:
    names = [f"agent-{number:02d}" for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        paths = list(pool.map(lambda name: farm.add(name, repo.head_commit()), names))
    assert all(content_of(path) == files_of(repo, repo.head_commit()) for path in paths)
    farm.remove_all()
    assert not (repo.common_dir / "worktrees").exists()


@pytest.mark.parametrize("name", ["", "..", "a/b", "-x", "x" * 100])
def test_odd_names_and_unknown_ones_are_refused(repo, farm, name: str) -> None:
    with pytest.raises(GitError, match="cannot be the name"):
        farm.add(name, repo.head_commit())
    with pytest.raises(GitError, match="no workspace"):
        farm.reset("unknown", repo.head_commit())


def test_other_worktrees_and_folders_are_left_alone(repo, farm, run_dir, git, tmp_path: Path) -> None:
    for name in ("agent-01", f"{RUN_ID}-mine"):
        git(repo.root, "worktree", "add", "-q", "--detach", str(tmp_path / name))
    farm.add("agent-01", repo.head_commit())
    farm.remove_all()
    assert git(repo.root, "worktree", "list").count("\n") == 2
    run_dir.workspaces.mkdir()
    (run_dir.workspaces / ".cellwall-workspaces").write_bytes(b"/another/repository/.git")
    (run_dir.workspaces / "precious").write_bytes(b"")
    farm.remove_all()
    assert (run_dir.workspaces / "precious").exists()


def test_a_folder_of_somebody_else_is_not_used(repo, farm, run_dir, tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    run_dir.workspaces.parent.mkdir()
    run_dir.workspaces.symlink_to(tmp_path / "victim")
    with pytest.raises(StorageError, match="belongs to somebody else"):
        farm.add("one", repo.head_commit())
    farm.remove_all()
    assert list((tmp_path / "victim").iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from cellwall.migrate import workspace_files, worktree
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.run_directory import RunDirectory
from cellwall.migrate.workspaces import WorkspaceFarm
from cellwall.migrate.batch import FileChange
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
repo = Repository(Path(sys.argv[1]))
run = RunDirectory.open(repo, sys.argv[2])
farm = WorkspaceFarm(repo, run)
if sys.argv[3] == "commit":
    repo.git.run = die
    from cellwall.migrate.git import commits
    commits._write_tree = die
    repo = Repository(Path(sys.argv[1]))
    repo.commit_changes(repo.head_commit(), [FileChange("new", None, b"x")], message="m", at=0)
owner, name = {
    "marking": (Path, "write_bytes"),
    "adding": (worktree.Worktree, "add"),
    "filling": (workspace_files.SafeFolder, "link"),
    "pointing": (worktree.Worktree, "point_at"),
}[sys.argv[3]]
setattr(owner, name, die)
farm.add("one", repo.head_commit())
"""


@pytest.mark.parametrize("window", ["marking", "adding", "filling", "pointing", "commit"])
def test_what_a_killed_run_left_is_removed(repo, run_dir, git, window: str) -> None:
    (repo.root / "link").symlink_to("README.md")
    git(repo.root, "add", "link")
    git(repo.root, "commit", "-q", "-m", "link")
    before = fingerprint(repo)
    command = [sys.executable, "-c", KILLED, str(repo.root), RUN_ID, window]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    lock = repo.common_dir / f"{run_dir.ref}.lock"
    lock.parent.mkdir(parents=True)
    lock.write_bytes(b"")
    (run_dir.patches / ".a.json.123.new").write_bytes(b"half")
    half = repo.common_dir / "worktrees" / f"{RUN_ID}-half"
    half.mkdir(parents=True)
    (half / "locked").write_bytes(b"initializing")
    (repo.common_dir / "index.lock").write_bytes(b"the user's own git is at work")
    farm = WorkspaceFarm(repo, run_dir)
    removed = farm.recover()
    assert str(lock) in removed
    assert not run_dir.workspaces.exists()
    assert not (repo.common_dir / "worktrees").exists()
    assert not (repo.common_dir / "cellwall" / "scratch").exists()
    assert sorted(path.name for path in run_dir.path.rglob("*")) == ["patches", "run.json"]
    assert (repo.common_dir / "index.lock").exists()
    (repo.common_dir / "index.lock").unlink()
    assert fingerprint(repo) == before
    assert farm.recover() == ()
    repo.create_ref(run_dir.ref, repo.head_commit())
    farm.add("one", repo.head_commit())
    farm.remove_all()


def test_a_workspace_that_cannot_be_made_leaves_nothing(repo, farm, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GitError):
        farm.add("one", "0" * 40)
    assert not (repo.common_dir / "worktrees").exists()
    assert [path.name for path in farm._run.workspaces.iterdir()] == [".cellwall-workspaces"]


@pytest.mark.needs_mount
def test_a_full_disk_is_told_and_leaves_nothing_of_the_workspace(disk, make_repository, fill) -> None:
    with disk(512) as folder:
        repo = make_repository({f"{n}": os.urandom(100_000) for n in range(9)})
        run = RunDirectory.create(repo, RUN_ID, base=repo.head_commit(), temp_root=folder)
        farm = WorkspaceFarm(repo, run)
        with pytest.raises(StorageError, match=r"cannot fill the workspace.*No space left.*free some space"):
            farm.add("one", repo.head_commit())
        assert not (repo.common_dir / "worktrees").exists()
        assert [path.name for path in run.workspaces.iterdir()] == [".cellwall-workspaces"]
        farm.remove_all()
        assert list(folder.iterdir()) == []


@pytest.mark.needs_mount
def test_a_read_only_disk_is_told(disk, read_only, make_repository) -> None:
    with disk(512) as folder:
        repo = make_repository({"a": b"1"})
        run = RunDirectory.create(repo, RUN_ID, base=repo.head_commit(), temp_root=folder)
        farm = WorkspaceFarm(repo, run)
        with read_only(folder), pytest.raises(StorageError, match="Read-only file system"):
            farm.add("one", repo.head_commit())
        farm.add("one", repo.head_commit())
        with read_only(folder), pytest.raises(StorageError, match="Read-only file system"):
            farm.remove("one")
