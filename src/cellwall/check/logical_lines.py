"""Comments of a file, and its logical lines: where a statement, or a compound one's head, begins and ends."""

import io
import tokenize
from collections.abc import Sequence
from typing import Final

from cellwall.check.deferred_pattern import deferred

Comment = tuple[int, int, bool, str]  # line, column in characters, whether nothing stands before it, text

_CR: Final = deferred(rb"\r(?!\n)")  # ends a line for Python, not for `tokenize`
_LAYOUT: Final = frozenset({tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING})


class LogicalLines:
    """First and last lines of the logical lines; from above, decorators are part of what they decorate."""

    def __init__(self) -> None:
        """Start with no line."""
        self._first: dict[int, int] = {}
        self._last: dict[int, int] = {}

    def first_of(self, last: int) -> int:
        """Give the first line of what ends in a line; where nothing does, that line itself."""
        return self._first.get(last, last)

    def last_of(self, first: int) -> int:
        """Give the last line of what begins in a line; where nothing does, that line itself."""
        return self._last.get(first, first)

    def add(self, first: int, last: int, above: Sequence[int]) -> None:
        """Add a logical line, with the lines in which the decorators above it begin."""
        self._first[last] = first
        for line in (*above, first):
            self._last[line] = last


def comments_and_lines(source: bytes) -> tuple[Sequence[Comment], LogicalLines]:
    """Give the real comments (not those of strings), and the logical lines, up to where tokens end."""
    comments: list[Comment] = []
    lines = LogicalLines()
    begin, decorators, ended, is_decorator = 0, list[int](), 0, False
    try:
        for token in tokenize.tokenize(io.BytesIO(_CR.sub(b"\n", source)).readline):
            line, column = token.start
            if token.type == tokenize.COMMENT:
                comments.append((line, column, ended != line, token.string))
            elif token.type == tokenize.NEWLINE:
                lines.add(begin, line, decorators)
                decorators = [*decorators, begin] if is_decorator else []
                begin = 0
            elif token.type not in _LAYOUT:
                if not begin:
                    begin, is_decorator = line, token.string == "@"
                ended = token.end[0]
    except (tokenize.TokenError, SyntaxError, UnicodeError):
        pass
    return comments, lines
