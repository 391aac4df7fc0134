"""Only the lock of the run's own ref is removed; locks that the user's gits may hold stay."""

import os
import signal
import subprocess

import pytest

from cellwall.migrate.errors import GitError, StorageError
from cellwall.migrate.git.stale_locks import remove_stale_ref_lock

REF = "refs/heads/cellwall/20250902-134501123-3fa9"


def test_a_killed_gits_lock_bars_the_ref_until_it_is_removed(repo) -> None:
    first = repo.head_commit()
    repo.create_ref(REF, first)
    writer = subprocess.Popen(
        ["git", "update-ref", "--stdin"], cwd=repo.root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert writer.stdin
    assert writer.stdout
    writer.stdin.write(f"start\nupdate {REF} {first} {first}\nprepare\n".encode())
    writer.stdin.flush()
    assert [writer.stdout.readline() for _ in range(2)] == [b"start: ok\n", b"prepare: ok\n"]
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdin.close()
    writer.stdout.close()
    lock = repo.common_dir / f"{REF}.lock"
    assert lock.exists()
    with pytest.raises(GitError, match="cannot lock ref"):
        repo.move_ref(REF, first, first)
    assert remove_stale_ref_lock(repo, REF) == (lock,)
    repo.move_ref(REF, first, first)
    assert remove_stale_ref_lock(repo, REF) == ()


def test_locks_of_others_stay(repo) -> None:
    others = [repo.git_dir / name for name in ("index.lock", "HEAD.lock", "packed-refs.lock", "config.lock")]
    others.append(repo.git_dir / "refs" / "heads" / "main.lock")
    for other in others:
        other.write_bytes(b"")
    assert remove_stale_ref_lock(repo, REF) == ()
    assert all(other.exists() for other in others)


@pytest.mark.needs_mount
def test_a_read_only_disk_is_told(disk, read_only, make_repository) -> None:
    with disk(2048) as folder:
        repo = make_repository({"a": b"1"}, folder / "repo")
        lock = repo.common_dir / f"{REF}.lock"
        lock.parent.mkdir()
        lock.write_bytes(b"")
        with read_only(folder), pytest.raises(StorageError, match="Read-only file system"):
            remove_stale_ref_lock(repo, REF)
        assert os.path.lexists(lock)
