"""Signed owners: the token that the database verifies, so that injected SQL cannot name another owner."""

import re
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Final, final

DOMAIN: Final = "cellwall-owner-1:"  # a key that signs other things too is of no use here
MIN_KEY_BYTES: Final = 32
_BLOCK: Final = 64  # of SHA-256
_KEY_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}\Z")


@final
class OwnerSigner:
    """Signs owners with a key that the database knows and the application's role in it does not.

    Args:
        key: at least 32 random bytes, the same that was given to `apply_policies`.
        key_id: the key's name; a new key gets a new name, so that both are believed for a while.
        lifetime: seconds for which a transaction may use its owner; a longer one is refused, not answered.
        backend_bound: a token works on the connection alone that it was made for. Turn it off behind a
            pooler such as pgbouncer, where a client does not know which connection it gets.
        clock: gives seconds since the epoch.

    Raises:
        ValueError: the key is too short, its name is not of letters, digits and `_.-`, or no time is left.
    """

    __slots__ = ("_backend_bound", "_clock", "_inner", "_lifetime", "_outer", "key_id")

    def __init__(
        self,
        key: bytes,
        *,
        key_id: str = "1",
        lifetime: int = 300,
        backend_bound: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if len(key) < MIN_KEY_BYTES:
            raise ValueError(f"the key has {len(key)} bytes, at least {MIN_KEY_BYTES} are needed")
        if not _KEY_ID.match(key_id):
            raise ValueError(f"key id {key_id!r} must be 1 to 64 letters, digits or one of _ . -")
        if lifetime < 1:
            raise ValueError("an owner must be good for at least one second")
        self.key_id: Final = key_id
        inner, outer = pads(key)
        self._inner, self._outer = sha256(inner), sha256(outer)
        self._lifetime = lifetime
        self._backend_bound = backend_bound
        self._clock = clock

    def token(self, owner: str, backend: int) -> str:
        """Give what stands in the setting: `owner`, signed for a while and for one connection's `backend`."""
        expires = int(self._clock()) + self._lifetime
        message = f"{self.key_id}:{expires}:{backend if self._backend_bound else 0}:{owner}"
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update((DOMAIN + message).encode())
        outer.update(inner.digest())
        return f"{outer.hexdigest()} {message}"

    def __repr__(self) -> str:
        return f"OwnerSigner(key_id={self.key_id!r})"


def pads(key: bytes) -> tuple[bytes, bytes]:
    """Give the two pads of HMAC-SHA256 (RFC 2104), which are all that the database needs to verify."""
    block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)
