"""Bytes to a syntax tree, for any bytes at all: hostile files give a parse error, never a crash."""

import ast
import io
import tokenize
import warnings
from typing import Final, NamedTuple

from cellwall.check.deferred_pattern import deferred
from cellwall.check.lines import BOM

MAX_BYTES: Final = 8 << 20  # a parsed file needs about 40 times its size in memory
_PLAIN: Final = frozenset({"utf-8", "utf-8-sig", "ascii"})
_STOP: Final = b"from __future__ import nothing\n"
_STOPPED: Final = "future feature nothing is not defined"
_PROBE: Final = "<cellwall>"
_TWO_LINES: Final = deferred(rb"[^\r\n]*(?:\r\n|\r|\n)?[^\r\n]*")


class ParseError(NamedTuple):
    """Why a file has no syntax tree, and at which line (1 where that is unknown)."""

    line: int
    message: str


class Parsed(NamedTuple):
    """A syntax tree and the UTF-8 bytes that its positions refer to.

    `encoding` is the declared one; positions are offsets in the file itself only when `exact`.
    """

    tree: ast.Module
    utf8: bytes
    encoding: str
    exact: bool


def parse(source: bytes) -> Parsed | ParseError:
    """Parse one file's raw bytes; any bytes give one of the two results."""
    if len(source) > MAX_BYTES:
        return ParseError(1, f"the file has {len(source):,} bytes, the limit is {MAX_BYTES:,}")
    if b"\0" in source:
        return ParseError(source.count(b"\n", 0, source.index(b"\0")) + 1, "the file contains null bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in other people's code are not our subject
            return _parse(source)
    except SyntaxError as error:
        return ParseError(max(1, error.lineno or 1), error.msg or "invalid syntax")
    except (RecursionError, MemoryError):
        return ParseError(1, "the file is nested too deeply")
    except (ValueError, LookupError) as error:  # UnicodeDecodeError is a ValueError
        return ParseError(1, str(error))


def syntax_error(source: bytes) -> ParseError | None:
    """Give what `parse` would say of a file that does not parse, None for one that does.

    No tree is made, which is nearly half of the work: CPython's compiler parses the whole file, then refuses
    to go on because of a feature that does not exist. Whatever else it says is looked into by `parse`.
    """
    if len(source) <= MAX_BYTES and not source.startswith(BOM) and not declares_encoding(source):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(_STOP + source, _PROBE, "exec", dont_inherit=True)
        except SyntaxError as error:
            if error.msg == _STOPPED:
                return None
        except (RecursionError, MemoryError, ValueError):
            pass
    parsed = parse(source)
    return parsed if isinstance(parsed, ParseError) else None


def declares_encoding(source: bytes) -> bool:
    """Tell whether the first two lines, however long, may name an encoding."""
    found = _TWO_LINES.match(source) if b"coding" in source else None
    return found is not None and b"coding" in found.group()


def _parse(source: bytes) -> Parsed:
    if not declares_encoding(source):
        return Parsed(ast.parse(source), source, "utf-8", exact=True)
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    if encoding in _PLAIN:
        return Parsed(ast.parse(source), source, encoding, exact=True)
    text = source.removeprefix(BOM).decode(encoding)
    return Parsed(ast.parse(text), text.encode("utf-8", "surrogatepass"), encoding, exact=False)
