"""Makes a commit out of file changes through an index of its own; the user's index and tree are not touched.

A commit is a pure function of parent, changes, message and time: own identity, no signature, UTC.
"""

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from cellwall.migrate.batch import FileChange
from cellwall.migrate.errors import PatchError
from cellwall.migrate.git.command import Git
from cellwall.migrate.git.objects import EXECUTABLE, FILE, TreeEntry, blob_id, list_tree
from cellwall.migrate.git.safe_path import require_safe
from cellwall.migrate.storage_errors import as_storage_error

NAME: Final = "Cellwall"
EMAIL: Final = "cellwall@cellwall.invalid"


def commit_changes(
    git: Git, parent: str, changes: Sequence[FileChange], *, message: str, at: int, scratch: Path
) -> str:
    """Make a commit on `parent` and give its id; no ref moves.

    Args:
        git: runs in the user's repository.
        parent: the commit that every `before` must be the content of.
        changes: files keep their mode; new ones are ordinary files.
        message: the whole message.
        at: seconds since the epoch, for author and committer.
        scratch: an existing folder on the user's disk for temporary files.

    Raises:
        PatchError: a path is unsafe, named twice, no ordinary file, in the way of another file, or
            its content in `parent` is not `before`.
    """
    files = {entry.path: entry for entry in list_tree(git, parent)}
    _refuse_doubles(changes)
    for change in changes:
        _refuse_misfit(change, files, parent)
    _refuse_crossing(changes, files)
    with as_storage_error("write to", scratch), tempfile.TemporaryDirectory(dir=scratch) as folder:
        blobs = _write_blobs(git, changes, Path(folder))
        tree = _write_tree(git, parent, _index_lines(changes, files, blobs), Path(folder) / "index")
    return _write_commit(git, tree, parent, message, at)


def _refuse_doubles(changes: Sequence[FileChange]) -> None:
    if len({change.path for change in changes}) != len(changes):
        raise PatchError("a patch names a path twice")


def _refuse_misfit(change: FileChange, files: dict[str, TreeEntry], parent: str) -> None:
    require_safe(change.path)
    entry = files.get(change.path)
    if entry and entry.mode not in (FILE, EXECUTABLE):
        raise PatchError(f"{change.path} is a symlink or a submodule; only ordinary files are changed")
    before = entry.blob if entry else None
    if before != (None if change.before is None else blob_id(change.before, parent)):
        raise PatchError(f"{change.path} is not in {parent[:12]} what the patch was made from")


def _refuse_crossing(changes: Sequence[FileChange], files: dict[str, TreeEntry]) -> None:
    """Refuse a file where a folder stands and a file below one; git would replace what is in the way."""
    deleted = {change.path for change in changes if change.after is None}
    new = {change.path for change in changes if change.before is None}
    remaining = (files.keys() - deleted) | new
    for path in sorted(new):
        below = f"{path}/"
        if any(p.startswith(below) for p in remaining) or any(p in remaining for p in _parents(path)):
            raise PatchError(f"{path} would stand in the way of another file, or lead through one")


def _parents(path: str) -> Iterable[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _write_blobs(git: Git, changes: Sequence[FileChange], folder: Path) -> dict[str, str]:
    """Store the new contents as they are, without filters; give path -> blob id."""
    kept = [(change.path, change.after) for change in changes if change.after is not None]
    for number, (_, content) in enumerate(kept):
        (folder / str(number)).write_bytes(content)
    names = "".join(f"{folder / str(number)}\n" for number in range(len(kept)))
    output = git.run("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=os.fsencode(names))
    return dict(zip((path for path, _ in kept), output.decode().split(), strict=True))


def _index_lines(
    changes: Sequence[FileChange], files: dict[str, TreeEntry], blobs: dict[str, str]
) -> list[str]:
    lines = []
    for change in changes:
        if change.after is None:
            lines.append(f"0 {files[change.path].blob}\t{change.path}")
        else:
            mode = files[change.path].mode if change.path in files else FILE
            lines.append(f"{mode} {blobs[change.path]}\t{change.path}")
    return lines


def _write_tree(git: Git, parent: str, lines: Sequence[str], index: Path) -> str:
    variables = {"GIT_INDEX_FILE": str(index)}
    git.run("read-tree", parent, variables=variables, guarded=True)
    stdin = os.fsencode(
        "".join(f"{line}\0" for line in sorted(lines))
    )  # "0 ..." first: deleted, then written
    git.run("update-index", "-z", "--index-info", stdin=stdin, variables=variables, guarded=True)
    return git.run("write-tree", variables=variables).decode().strip()


def _write_commit(git: Git, tree: str, parent: str, message: str, at: int) -> str:
    variables = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", NAME), ("EMAIL", EMAIL), ("DATE", f"@{at} +0000"))
    }
    output = git.run("commit-tree", tree, "-p", parent, stdin=os.fsencode(message), variables=variables)
    return output.decode().strip()
