"""Lines of a source text as bytes: offsets, columns, indentation and newline style."""

from bisect import bisect_right
from itertools import accumulate
from typing import Final, final

from cellwall.check.deferred_pattern import deferred

EXCERPT: Final = 400
BOM: Final = b"\xef\xbb\xbf"
_NEWLINE: Final = deferred(rb"\r\n|\r|\n")


@final
class LineIndex:
    """Translates between the positions that `ast` gives (UTF-8 byte columns) and offsets in the file."""

    def __init__(self, source: bytes) -> None:
        """Index `source`; a byte order mark belongs to no line."""
        self.source = source
        first = len(BOM) if source.startswith(BOM) else 0
        lines = source[first:].splitlines(keepends=True)
        self.starts: list[int] = [*accumulate(map(len, lines), initial=first)]
        if lines and not lines[-1].endswith((b"\n", b"\r")):
            self.starts.pop()
        newline = _NEWLINE.search(source, first)
        self.newline: bytes = newline.group() if newline else b"\n"

    def offset(self, line: int, column: int) -> int:
        """Give the offset of a 1-based line and a 0-based byte column."""
        return self.starts[line - 1] + column

    def line_of(self, offset: int) -> int:
        """Give the 1-based line that holds an offset."""
        return max(1, bisect_right(self.starts, offset))

    def line_start(self, offset: int) -> int:
        """Give the offset at which the line of `offset` starts."""
        return self.starts[self.line_of(offset) - 1]

    def step(self, outer: int, inner: int) -> bytes:
        """Give one level of indentation: what a line is indented more than another; four spaces if less."""
        around, within = self.indent(outer), self.indent(inner)
        more = within.removeprefix(around)
        return more if more and within.startswith(around) else b"    "

    def indent(self, line: int) -> bytes:
        """Give the white space at the start of a 1-based line."""
        text = self.text(line)
        return text[: len(text) - len(text.lstrip(b" \t\f"))]

    def next_line_start(self, line: int) -> int:
        """Give the offset after a 1-based line with its newline; the file's end for the last one."""
        return self.starts[line] if line < len(self.starts) else len(self.source)

    def text(self, line: int) -> bytes:
        """Give a 1-based line with its newline."""
        return self.source[self.starts[line - 1] : self.next_line_start(line)]

    def excerpt(self, line: int) -> str:
        """Give a 1-based line without its newline for people to read; of a long line its beginning."""
        start = self.starts[line - 1]
        end = min(self.next_line_start(line), start + 4 * EXCERPT)
        return self.source[start:end].decode("utf-8", "replace").rstrip("\r\n")[:EXCERPT]

    def character_column(self, line: int, column: int) -> int:
        """Give the 1-based column in characters for a 0-based column in bytes."""
        start = self.starts[line - 1]
        return len(self.source[start : start + column].decode("utf-8", "replace")) + 1
