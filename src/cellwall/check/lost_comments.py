"""Tells whether edits would drop a comment that stands inside of a statement."""

import io
import tokenize
from collections import Counter
from collections.abc import Iterable, Sequence

from cellwall.check.edit import Edit
from cellwall.check.lines import LineIndex


def loses_comment(source: bytes, edits: Sequence[Edit]) -> bool:
    """Tell whether a comment between the brackets of what is replaced would be in no replacement.

    A comment behind a statement, or alone above it, goes with the statement that is taken out.
    """
    taken = [edit for edit in edits if b"#" in source[edit.start : edit.end]]
    if not taken:
        return False
    lost = Counter(
        text
        for start, text in _inner_comments(source)
        if any(edit.start <= start and start + len(text) <= edit.end for edit in taken)
    )
    kept = b"\n".join(edit.replacement for edit in edits)
    return any(kept.count(text) < times for text, times in lost.items())


def _inner_comments(source: bytes) -> Iterable[tuple[int, bytes]]:
    """Give offset and text of each comment inside of brackets."""
    lines, depth = LineIndex(source), 0
    try:
        for token in tokenize.tokenize(io.BytesIO(source).readline):
            if token.type == tokenize.OP:
                depth += (token.string in "([{") - (token.string in ")]}")
            elif token.type == tokenize.COMMENT and depth:
                line, column = token.start
                before = lines.text(line).decode("utf-8", "replace")[:column]
                yield lines.offset(line, len(before.encode())), token.string.encode()
    except (tokenize.TokenError, SyntaxError, UnicodeError):
        return
