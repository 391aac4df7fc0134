"""Canaries in disguise: base64 at its three alignments, hexadecimal, quoted, upper case, reversed.

Only the prefix is searched, in each disguise; what stands there is decoded and read as plain text. So the
cost does not depend on the number of users. Hashes have no prefix and are claimed one by one (`hashes_of`).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import Final

from cellwall.canary.canary import LENGTH, PREFIX

_PLAIN: Final = PREFIX.encode()
LONGEST: Final = 3 * LENGTH  # bytes of the longest disguise: every byte quoted as %xx

Decode = Callable[[bytes, int], bytes]


def decoded_places(data: bytes) -> Iterator[bytes]:
    """Give in plain text each place of `data` where a disguised prefix stands."""
    for disguise, decode in _DISGUISES:
        start = data.find(disguise)
        while start >= 0:
            yield decode(data, start)
            start = data.find(disguise, start + 1)


def hashes_of(value: str) -> list[str]:
    """Give the digests that people make of ids: MD5, SHA-1 and SHA-256, in hexadecimal."""
    plain = value.encode()
    return [hashlib.new(name, plain, usedforsecurity=False).hexdigest() for name in ("md5", "sha1", "sha256")]


def _from_upper(data: bytes, start: int) -> bytes:
    return data[start : start + LENGTH].lower()


def _from_reversed(data: bytes, start: int) -> bytes:
    end = start + len(_PLAIN)
    return data[max(0, end - LENGTH) : end][::-1]


def _from_hex(data: bytes, start: int) -> bytes:
    try:
        return bytes.fromhex(data[start : start + 2 * LENGTH].decode("ascii"))
    except ValueError:
        return b""


def _from_quoted(data: bytes, start: int) -> bytes:
    return _from_hex(data[start : start + 3 * LENGTH].replace(b"%", b""), 0)


def _from_base64(before: int) -> Decode:
    """Decode from the group of four in which the prefix, `before` bytes into a group of three, begins."""
    lead = _LEAD[before]
    size = 4 * -(-(before + LENGTH) // 3)

    def decode(data: bytes, start: int) -> bytes:
        first = start - lead
        if first < 0:
            return b""
        group = data[first : first + size].replace(b"-", b"+").replace(b"_", b"/")
        try:
            return base64.b64decode(group + b"=" * (-len(group) % 4))
        except ValueError:
            return b""

    return decode


_LEAD: Final = {0: 0, 1: 2, 2: 3}  # characters of a group that depend on what stands before the prefix


def _base64_prefix(before: int) -> bytes:
    whole = base64.b64encode(b"\0" * before + _PLAIN)
    certain = (before + len(_PLAIN)) * 8 // 6  # characters that do not depend on what follows
    return whole[_LEAD[before] : certain]


def _quoted(form: str) -> bytes:
    return "".join(f"%{byte:{form}}" for byte in _PLAIN).encode()


_DISGUISES: Final[tuple[tuple[bytes, Decode], ...]] = (
    (_PLAIN.upper(), _from_upper),
    (_PLAIN[::-1], _from_reversed),
    (_PLAIN.hex().encode(), _from_hex),
    (_PLAIN.hex().upper().encode(), _from_hex),
    (_quoted("02x"), _from_quoted),
    (_quoted("02X"), _from_quoted),
    *((_base64_prefix(before), _from_base64(before)) for before in (0, 1, 2)),
)
