"""Edits of suppression comments: without some of their names, or without the whole comment."""

import re
from collections.abc import Collection

from cellwall.check.commented import Commented
from cellwall.check.edit import Edit
from cellwall.check.suppressions import Suppression


def without_names(file: Commented, one: Suppression, gone: Collection[str]) -> Edit:
    """Take names out of a comment; with the last one the comment goes, and its line if nothing else is there.

    What follows the comment's own reason on its line (another `#`) is part of the reason and goes too.
    """
    start, end = comment_span(file, one)
    left = [name for name in one.names if name not in gone]
    if left:
        text = re.sub(r"allow\[[^\]]*\]", f"allow[{', '.join(left)}]", one.text, count=1)
        return Edit(start, end, text.encode())
    line_start = file.lines.starts[one.line - 1]
    before = file.source[line_start:start]
    if one.alone and not before.strip():
        return Edit(line_start, file.lines.next_line_start(one.line), b"")
    return Edit(line_start + len(before.rstrip(b" \t")), end, b"")


def comment_span(file: Commented, one: Suppression) -> tuple[int, int]:
    """Give the offsets at which a comment starts and ends."""
    line = file.lines.text(one.line).decode("utf-8", "replace")
    start = file.lines.starts[one.line - 1] + len(line[: one.column].encode())
    return start, start + len(one.text.encode())
