"""Patterns that git ignores by in a folder and that stand outside of it: the user's own, the repository's
(`info/exclude`, shared by its worktrees), and the `.gitignore` files above, up to the repository's top.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cellwall.check.git_ignored import IgnoreFile, is_ignored

_MAX_BYTES: Final = 1 << 20
_OF_THE_MACHINE: Final = Path("/etc/gitconfig")


def outer_ignore_files(root: Path) -> tuple[IgnoreFile, ...]:
    """Give the files that hold below `root` from outside, the weakest first; none outside of a repository.

    Where `root` itself is ignored none holds either: whoever asks for such a folder means it.
    """
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), None)
    files = tuple(_files(root, top)) if top is not None else ()
    return () if top != root and is_ignored(files, "", is_folder=True) else files


def _files(root: Path, top: Path) -> Iterator[IgnoreFile]:
    git = _git_folder(top)
    for path in (_of_the_user(top, git), git / "info" / "exclude"):
        yield from _file(path, root, top)
    for folder in reversed(root.parents):
        if folder.is_relative_to(top):
            yield from _file(folder / ".gitignore", root, folder)


def _file(path: Path, root: Path, folder: Path) -> Iterator[IgnoreFile]:
    """Read the patterns of one file, which are about paths below `folder`."""
    text = _read(path)
    if text:
        above = root.relative_to(folder).as_posix()
        yield IgnoreFile("", text, above="" if above == "." else above + "/")


def _git_folder(top: Path) -> Path:
    """Give the folder with a repository's configuration; a worktree's or submodule's `.git` names it."""
    folder = top / ".git"
    if not folder.is_dir():
        folder = top / _line(folder).removeprefix("gitdir:").strip()
    common = _line(folder / "commondir")
    return folder / common if common else folder


def _of_the_user(top: Path, git: Path) -> Path:
    """Give the file of `core.excludesFile`; git is asked for it only where a configuration may name one."""
    home = Path.home()
    ours = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "git"
    configured = (_OF_THE_MACHINE, ours / "config", home / ".gitconfig", git / "config")
    if any(b"excludesfile" in text or b"[include" in text for text in map(_lower, configured)):
        import subprocess  # most checks need not ask, and start faster

        command = ["git", "config", "-z", "--type=path", "--get", "core.excludesFile"]
        try:
            named = subprocess.run(command, cwd=top, capture_output=True, check=False).stdout
        except OSError:
            named = b""
        if named.strip(b"\0"):
            return top / os.fsdecode(named.rstrip(b"\0"))
    return ours / "ignore"


def _lower(path: Path) -> bytes:
    return _read(path).lower()


def _line(path: Path) -> str:
    return os.fsdecode(_read(path)).strip()


def _read(path: Path) -> bytes:
    """Read a small regular file; nothing where there is none."""
    try:
        return path.read_bytes() if path.is_file() and path.stat().st_size <= _MAX_BYTES else b""
    except (OSError, ValueError):
        return b""
