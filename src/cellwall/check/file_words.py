"""The words of a file, each once: what many byte strings are looked for in faster than in the file."""

import re
from functools import lru_cache
from typing import Final

_LETTERS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_APART: Final = bytes(sign if sign in _LETTERS else 0x20 for sign in range(256))
_WORD: Final = re.compile(rb"\w+")


def words_of(source: bytes) -> bytes:
    """Give each word of a file once, a blank between them.

    Exactly the byte strings of ASCII letters, digits and underscores that stand in the file stand in these.
    They have a quarter of its bytes, and cost what twenty searches through it do.
    """
    return b" ".join({*source.translate(_APART).split()})


@lru_cache(maxsize=1024)
def longest_word(token: bytes) -> bytes:
    """Give the longest word in a byte string, itself where it is one; "" where it has none."""
    return max(_WORD.findall(token), key=len, default=b"")
