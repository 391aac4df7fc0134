"""Tells from raw bytes whether a file may have a test without an `assert` statement."""

import re
from functools import lru_cache
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import GAP, TEXTS
from cellwall.check.lines import BOM

_TEST: Final = deferred(rb"def(?<!\wdef)" + GAP + rb"test")
_HEAD: Final = deferred(rb"[ \t]*+(?:async[ \t]++)?\Z")
_ASSERT: Final = deferred(rb"\n[ \t]++assert(?=[ \t(])")
_TEXT_OR_COMMENT: Final = deferred(b"|".join([rb"#[^\n]*+", *TEXTS]), re.DOTALL)


def may_have_silent_test(source: bytes) -> bool:
    """Tell whether there may be a function called `test...` in which no line begins with `assert`."""
    source = source.removeprefix(BOM)
    odd = b"\r" in source or b"\f" in source  # lines begin or end in another way than is looked for
    return odd or any(_may_be_silent(source, found) for found in _TEST.finditer(source))


def _may_be_silent(source: bytes, found: "re.Match[bytes]") -> bool:
    line = source.rfind(b"\n", 0, found.start()) + 1
    before = source[line : found.start()]
    if source.endswith(b"\\", 0, max(0, line - 1)) or b"\\" in before:
        return True  # the line goes on from above
    if not _HEAD.match(before):
        return False  # it stands in a text or comment
    after = _less_deep(before[: len(before) - len(before.lstrip(b" \t"))]).search(source, found.end())
    end = after.start() if after is not None else len(source)
    said = _ASSERT.search(source, found.end(), end)
    return said is None or _may_be_in_text(source[found.end() : said.start() + 1])


@lru_cache(maxsize=64)
def _less_deep(indentation: bytes) -> "re.Pattern[bytes]":
    """Give what finds the next line that is no deeper; where it stands in a text, only less is looked at."""
    return re.compile(rb"\n(?!" + indentation + rb"[ \t]|[ \t]*+(?:[#)\n]|\Z))")


def _may_be_in_text(before: bytes) -> bool:
    """Tell whether a text may be open where this ends, which began outside of texts."""
    if b'"""' not in before and b"'''" not in before and b"\\\n" not in before:
        return False  # other texts end with their lines
    rest = _TEXT_OR_COMMENT.sub(b"", before)
    return b'"' in rest or b"'" in rest or b"\\\n" in rest
