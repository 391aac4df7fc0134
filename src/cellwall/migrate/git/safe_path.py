"""Which paths may be written: inside the root, and never into git's own folder. Decides on text alone."""

import re
from typing import Final

from cellwall.migrate.errors import PatchError

GIT_NAMES: Final = re.compile(r"\.git|git~[0-9]+", re.IGNORECASE)  # git~1 is .git's short name on Windows
IGNORED_BY_HFS: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


def why_unsafe(path: str) -> str:
    """Give why a path relative to the root must not be written, or "" for a safe one.

    >>> why_unsafe("tests/../../etc/passwd")
    "it has the part '..'"
    """
    if not path or path.startswith("/"):
        return "it is absolute or empty"
    if "\0" in path or "\\" in path:
        return "it has a character that no path needs"
    for part in path.split("/"):
        if part in {"", ".", ".."}:
            return f"it has the part {part!r}"
        if GIT_NAMES.fullmatch(IGNORED_BY_HFS.sub("", part).rstrip(" .").partition(":")[0]):
            return "it leads into git's own folder"
    return ""


def require_safe(path: str) -> str:
    """Give the path back; raises PatchError for one that must not be written."""
    if reason := why_unsafe(path):
        raise PatchError(f"the path {path!r} is refused: {reason}")
    return path
