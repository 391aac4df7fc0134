"""A hash over all that a run must not touch: the user's tree, HEAD, index, refs, stash, hooks, configuration.

Taken before and after a run, it proves that nothing was touched; it detects, it prevents nothing. Files up
to 32 MB are hashed by content; larger ones by size, times and inode, which nobody changes without a trace
in the change time. Ignored files, git's objects and the run's own refs are left out.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cellwall.migrate.git.repository import OWN_REFS, Repository
from cellwall.migrate.storage_errors import as_storage_error

LARGE: Final = 32 << 20  # bytes
OF_WORKTREE: Final = ("HEAD", "index", "config.worktree", "MERGE_HEAD", "rebase-merge", "rebase-apply")
SHARED: Final = ("config", "hooks", "info", "logs/refs/stash", "shallow")
DERIVED: Final = "info/refs"  # a listing of the refs, which git writes when it packs


def fingerprint(repo: Repository) -> str:
    """Give the hash, in hexadecimal; raises GitError or StorageError."""
    total = hashlib.sha256()
    with as_storage_error("read", repo.root):
        for part in _parts(repo):
            total.update(b"%d:" % len(part) + part)
    return total.hexdigest()


def _parts(repo: Repository) -> Iterator[bytes]:
    yield repo.head_commit().encode()
    refs = repo.git.run("for-each-ref", "--format=%(refname) %(objectname) %(symref)").splitlines()
    yield b"\n".join(line for line in refs if not line.startswith(OWN_REFS.encode()))
    for name in OF_WORKTREE:
        yield from _everything(repo.git_dir / name)
    for name in SHARED:
        yield from _everything(repo.common_dir / name, besides=repo.common_dir / DERIVED)
    files = repo.git.run("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    for path in sorted(set(files.split(b"\0")[:-1])):
        yield path
        yield _state(repo.root / os.fsdecode(path))


def _everything(path: Path, *, besides: Path | None = None) -> Iterator[bytes]:
    """Give names and states of a file, or of a folder's files, symlinks not followed."""
    yield os.fsencode(path.name)
    if path.is_dir() and not path.is_symlink():
        for inner in sorted(one for one in path.iterdir() if one != besides):
            yield from _everything(inner)
    else:
        yield _state(path)


def _state(path: Path) -> bytes:
    try:
        state = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return b"absent"
    kind = b"%o:" % state.st_mode
    if stat.S_ISLNK(state.st_mode):
        return kind + os.fsencode(path.readlink())
    if not stat.S_ISREG(state.st_mode):
        return kind
    if state.st_size > LARGE:
        return kind + b"%d:%d:%d:%d" % (state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)
    return kind + _content_hash(path)


def _content_hash(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except PermissionError:
        return b"unreadable"
    return hashlib.blake2b(content, digest_size=32).digest()
