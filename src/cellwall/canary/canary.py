"""One canary: how its value is made and read again. A pure function of seed, owner and label."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, final
from zlib import crc32

PREFIX: Final = "zqcwx7"  # lower-case, in no word and in no hexadecimal number
_OWNER: Final = 8  # characters of five bits that tell the owner
_LABEL: Final = 4
_CHECK: Final = 4
LENGTH: Final = len(PREFIX) + _OWNER + _LABEL + _CHECK

_TEXT: Final = re.compile(rf"{PREFIX}([a-z2-7]{{{_OWNER}}})([a-z2-7]{{{_LABEL}}})([a-z2-7]{{{_CHECK}}})")
_BYTES: Final = re.compile(_TEXT.pattern.encode())
_PREFIX_BYTES: Final = PREFIX.encode()
_FIVE_BITS: Final = b"abcdefghijklmnopqrstuvwxyz234567" * 8  # by the lower bits of a byte


@final
@dataclass(frozen=True, slots=True)
class Canary:
    """A value that only its owner may see.

    `value` is 22 lower-case letters and digits, so that it passes unchanged through ids, the local part of
    an email address, headers, URLs, file names and identifiers: prefix, owner, label, checksum.
    """

    owner: str
    value: str

    def __str__(self) -> str:
        return self.value


@lru_cache(maxsize=4096)
def owner_code(seed: int, owner: str) -> str:
    """Give the part of every canary of `owner` that tells whose it is."""
    return _letters(_OWNER, str(seed), owner)


def value_of(seed: int, owner: str, label: str) -> str:
    """Give the text of a canary."""
    code = owner_code(seed, owner)
    name = _label_code(label)
    return f"{PREFIX}{code}{name}{_checksum(code, name)}"


@lru_cache(maxsize=256)
def _label_code(label: str) -> str:
    return _letters(_LABEL, label)


def owner_codes_in(data: str | bytes) -> set[str]:
    """Give the owner codes of the canaries in `data` whose checksum is right."""
    if isinstance(data, str):
        if PREFIX not in data:
            return set()
        found = _TEXT.findall(data)
    else:
        if _PREFIX_BYTES not in data:
            return set()
        found = [tuple(part.decode() for part in parts) for parts in _BYTES.findall(data)]
    return {code for code, name, check in found if _checksum(code, name) == check}


def canaries_in(data: str) -> list[str]:
    """Give the texts that look like canaries."""
    return [match.group() for match in _TEXT.finditer(data)] if PREFIX in data else []


def _checksum(code: str, name: str) -> str:
    """Give four characters: against chance, not against somebody who makes up values."""
    return crc32((code + name).encode()).to_bytes(_CHECK).translate(_FIVE_BITS).decode()


def _letters(count: int, *parts: str) -> str:
    digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=count, person=b"cellwall").digest()
    return digest.translate(_FIVE_BITS).decode()
