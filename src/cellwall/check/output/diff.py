"""Writes the change of one file as a unified diff that `git apply` and `patch` understand."""

import difflib
from collections.abc import Iterator


def diff_lines(path: str, before: bytes, after: bytes) -> Iterator[bytes]:
    """Give the lines of the diff, each with its newline; nothing when the file did not change."""
    name = path.encode("utf-8", "surrogateescape")
    changed = difflib.diff_bytes(
        difflib.unified_diff, _lines(before), _lines(after), b"a/" + name, b"b/" + name
    )
    for line in changed:
        yield line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def _lines(content: bytes) -> list[bytes]:
    """Split at line feeds only, as diff tools do; a carriage return stays part of its line."""
    parts = content.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
