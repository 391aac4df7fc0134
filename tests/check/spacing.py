"""Lays a module out anew so that it means the same: blanks, ends of lines and brackets between its words."""

import ast
import tokenize
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import pairwise

Token = tokenize.TokenInfo
_LAYOUT = frozenset(
    {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT, tokenize.ENDMARKER}
)
_IN_TEXT = frozenset(
    getattr(tokenize, name) for name in ("FSTRING_START", "FSTRING_MIDDLE") if hasattr(tokenize, name)
)


def layouts(source: str) -> Iterator[tuple[str, str]]:
    """Give the names of the layouts, and the module in each."""
    for between in ("  ", "\t", "\f", "\\\n", " \\\r\n\t"):
        yield repr(between), spaced(source, lambda _depth, between=between: between)  # type: ignore[misc]
    comments = spaced(source, lambda depth: "  # [odd.(\n " if depth else None)
    yield "comments", comments
    yield "old ends of lines", comments.replace("\n", "\r")
    yield "parentheses", parenthesised(source)


def spaced(source: str, between: Callable[[int], str | None]) -> str:
    """Put something else between every two words, told how deep in brackets; None leaves what is there.

    Indentation, comments and what stands in texts stay as they are.
    """
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    pieces: list[str] = []
    done = 0
    for end, start, depth in _gaps(list(tokenize.generate_tokens(StringIO(source).readline))):
        new = between(depth)
        if new is not None:
            pieces += (source[done : starts[end[0] - 1] + end[1]], new)
            done = starts[start[0] - 1] + start[1]
    return "".join([*pieces, source[done:]])


def _gaps(tokens: list[Token]) -> Iterator[tuple[tuple[int, int], tuple[int, int], int]]:
    """Give where one word ends and the next begins on the same line, and how deep in brackets."""
    depth = texts = 0
    for one, other in pairwise(tokens):
        texts += tokenize.tok_name[one.type] == "FSTRING_START"
        texts -= tokenize.tok_name[one.type] == "FSTRING_END"
        if one.type == tokenize.OP:
            depth += (one.string in "([{") - (one.string in ")]}")
        if not texts and one.end[0] == other.start[0] and not {one.type, other.type} & _LAYOUT:
            yield one.end, other.start, depth


def parenthesised(source: str) -> str:
    """Put what is called, awaited, asked, assigned or has an attribute into parentheses, without blanks."""
    tree, raw = ast.parse(source), source.encode()
    starts = [0]
    for line in raw.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    marks: dict[int, bytes] = {}
    left_out = {id(n) for no in ast.walk(tree) if isinstance(no, _CLOSED) for n in ast.walk(no)}
    for node in ast.walk(tree):
        inner = _inner(node)
        if inner is None or id(node) in left_out or isinstance(inner, ast.GeneratorExp):
            continue
        assert inner.end_lineno is not None and inner.end_col_offset is not None
        begin = starts[inner.lineno - 1] + inner.col_offset
        end = starts[inner.end_lineno - 1] + inner.end_col_offset
        marks[begin] = b"(" + marks.get(begin, b"")
        marks[end] = marks.get(end, b"") + b")"
    done, pieces = 0, []
    for place in sorted(marks):
        before = raw[done:place]
        tight = marks[place].startswith(b"(") and before.endswith(_WORDS)
        pieces += [before[:-1] if tight else before, marks[place]]
        done = place
    return b"".join([*pieces, raw[done:]]).decode()


_CLOSED = (ast.JoinedStr, ast.pattern)
_WORDS = (b"await ", b" if ", b"\nif ", b"= ")


def _inner(node: ast.AST) -> ast.expr | None:
    match node:
        case ast.Call(func=inner) | ast.Attribute(value=inner) | ast.Await(value=inner) | ast.If(test=inner):
            return inner
        case ast.Assign(value=inner):
            return inner
    return None
