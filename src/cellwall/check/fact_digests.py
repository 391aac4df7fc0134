"""What the facts that cross files rest on in each file, as digests: while these stay, so do the facts.

Most changes to a file are of no account to others. What counts is what the file said by itself, and, where it
was parsed together with others, the text that was: its outline, or all of it.
"""

import hashlib
import marshal
from typing import Any, Final, final

OUTLINE: Final = "o"
WHOLE: Final = "w"


@final
class FactDigests:
    """The digests of the files that a scan has seen so far."""

    def __init__(self) -> None:
        """Begin with no file."""
        self._said: dict[str, str] = {}
        self._parsed: dict[str, str] = {}

    def said(
        self, path: str, statements: list[tuple[bytes, ...]], heads: list[bytes], others: list[Any]
    ) -> None:
        """Take over what a file said by itself: at its margin, in the heads of classes, and what else."""
        texts = marshal.dumps((statements, heads), 2)  # bytes alone, no links: always the same
        self._said[path] = _digest(texts + repr(others).encode() if others else texts)

    def parsed(self, path: str, text: bytes, kind: str) -> None:
        """Take over the text of a file that was parsed together with others; the whole counts for a part."""
        if not self._parsed.get(path, "").startswith(WHOLE):
            self._parsed[path] = kind + _digest(text)

    def of(self, path: str) -> str:
        """Give the digest of a file, "" where it was not read; it begins with the kind of text, if any."""
        return self._parsed.get(path, "") + self._said.get(path, "")


def _digest(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=16).hexdigest()
