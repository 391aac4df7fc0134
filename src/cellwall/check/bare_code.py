"""A file's raw bytes without what is no code, for gates that must know where a statement begins and ends."""

from functools import lru_cache
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.lines import BOM
from cellwall.check.parse import declares_encoding

TEXT: Final = b"\x01"  # stands for a text: no code has this byte
# One that is not closed (no module has such) ends with the line: at each quote it would be looked for anew.
_TEXT: Final = (
    rb'"(?:""[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*(?:"""|\Z)|[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*(?:"|\Z|(?=\n)))'
    rb"|'(?:''[^'\\]*(?:(?:\\[\s\S]|'(?!''))[^'\\]*)*(?:'''|\Z)|[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*(?:'|\Z|(?=\n)))"
)
_TEXTS: Final = deferred(_TEXT)
_NO_CODE: Final = deferred(rb"(" + _TEXT + rb"|#[^\n]*)")
_FIELD: Final = deferred(rb"\{\{|\}\}|(\{(?:[^{}]|\{[^{}]*\})*\})")
_SIMPLE: Final = deferred(rb"[^{}]*+(?:\{[^{}()\[\]'\"]*+\}[^{}]*+)*")  # its fields only name something
_FORMATTED: Final = deferred(rb"[fFtT][rR]?\Z|[rR][fFtT]\Z")
_COMMENT: Final = ord("#")
_OPENING: Final = b"([{"
_BRACKETS: Final = b"()[]{}"
_NO_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"\n" + _BRACKETS)
_PAIRS: Final = (b"()", b"[]", b"{}")


class _UnclearError(Exception):
    """What a text is cannot be told by these patterns."""


@lru_cache(maxsize=1)  # every gate asks for the file at hand
def bare_code(source: bytes) -> bytes | None:
    """Give the code with one statement (or several, with `;` between) on each line, as Python divides them.

    Comments are left out, `TEXT` stands for each text, and a line that goes on in the next is one with it.
    Of a formatted text those fields stay that do more than name something. None where that cannot be told:
    odd ends of lines, declared encodings, formatted texts with quotes like their own inside, brackets that do
    not fit.
    """
    code = source.removeprefix(BOM).replace(b"\r\n", b"\n")
    if b"\r" in code or b"\f" in code or TEXT in code or declares_encoding(code):
        return None
    pieces = _NO_CODE.split(code)  # code and what is none in turns: faster than a call for each
    try:
        pieces[1::2] = [
            b"" if other[0] == _COMMENT else TEXT if b"{" not in other else _of_fields(before, other)
            for before, other in zip(pieces[::2], pieces[1::2], strict=False)
        ]
    except _UnclearError:
        return None
    code = b"".join(pieces)
    code = code.replace(b"\\\n", b" ")
    return _one_line_each(code.expandtabs() if b"\t" in code else code)


def _of_fields(before: bytes, text: bytes) -> bytes:
    """Give what stands instead of a text with braces, told the code before it."""
    if _SIMPLE.fullmatch(text) or not _FORMATTED.search(before[-2:]):
        return TEXT
    fields = [_TEXTS.sub(TEXT, field) for field in _FIELD.findall(text) if field]
    left = _FIELD.sub(b"", text)
    if b"{" in left or b"}" in left or any(_without_pairs(_only_brackets(field)).strip() for field in fields):
        raise _UnclearError
    return TEXT + b"".join(fields)


def _one_line_each(code: bytes) -> bytes | None:
    """Join the lines between brackets; None where the brackets do not fit."""
    found, lines = [], code.split(b"\n")
    depth = done = first = 0
    for number, brackets in enumerate(_without_pairs(_only_brackets(code)).split(b"\n")):
        if not brackets:
            continue
        if depth == 0:
            first = number
        for bracket in brackets:
            depth += 1 if bracket in _OPENING else -1
        if depth < 0:
            return None
        if depth == 0:
            found += lines[done:first]
            found.append(b" ".join(lines[first : number + 1]))
            done = number + 1
    return b"\n".join(found + lines[done:]) if depth == 0 else None


def _only_brackets(code: bytes) -> bytes:
    return code.translate(None, _NO_BRACKETS)


def _without_pairs(brackets: bytes) -> bytes:
    """Take out the pairs that are closed on their line."""
    before = -1
    while len(brackets) != before:
        before = len(brackets)
        for pair in _PAIRS:
            brackets = brackets.replace(pair, b"")
    return brackets
