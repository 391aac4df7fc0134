"""The keys of user tokens: one signs, older ones are accepted until a date. Nothing here parses a token."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, final

from joserfc.jwk import OctKey

KEY_BYTES: Final = 32


@final
@dataclass(frozen=True, slots=True)
class SigningKey:
    """A secret of at least 32 random bytes, with the id that tokens name it by.

    `accepted_until` (seconds since the epoch) is when its tokens stop being accepted; None: never.

    Raises:
        ValueError: the secret is too short, or the id is empty.
    """

    secret: bytes = field(repr=False)
    kid: str = ""
    accepted_until: float | None = None

    def __post_init__(self) -> None:
        if len(self.secret) < KEY_BYTES:
            raise ValueError(f"a signing key needs at least {KEY_BYTES} bytes, got {len(self.secret)}")
        if not self.kid:
            object.__setattr__(self, "kid", _name_of(self.secret))


@final
class KeyRing:
    """The newest key signs, the others only verify. A ring never changes: rotation gives a new one.

    Example:
        ring = KeyRing([SigningKey(old_secret)])
        issuer = TokenIssuer(ring)
        issuer.use_keys(ring.rotated(SigningKey(new_secret), accept_old_until=time.time() + 3600))

    Raises:
        ValueError: no key at all, or two with the same id.
    """

    def __init__(self, keys: Iterable[SigningKey]) -> None:
        self.keys: Final = tuple(keys)
        self._by_kid = {key.kid: (key, OctKey.import_key(key.secret)) for key in self.keys}
        if not self.keys or len(self._by_kid) != len(self.keys):
            raise ValueError("a ring needs at least one key, and each needs an id of its own")

    @property
    def newest(self) -> SigningKey:
        """The key that signs."""
        return self.keys[0]

    def rotated(self, newest: SigningKey, *, accept_old_until: float) -> "KeyRing":
        """Give a ring in which `newest` signs; the present keys are accepted until a date at the latest."""
        dates = [_earlier(key.accepted_until, accept_old_until) for key in self.keys]
        old = (replace(key, accepted_until=date) for key, date in zip(self.keys, dates, strict=True))
        return KeyRing([newest, *old])

    def find(self, kid: str, now: float) -> OctKey | None:
        """Give the key of this id, None when there is none or its date has passed."""
        key, imported = self._by_kid.get(kid, (None, None))
        if key is None or (key.accepted_until is not None and now >= key.accepted_until):
            return None
        return imported

    def accepted_until(self, kid: str) -> float:
        """Give the date of a key of this ring, infinity where it has none."""
        date = self._by_kid[kid][0].accepted_until
        return float("inf") if date is None else date


def _name_of(secret: bytes) -> str:
    """Name a key without telling anything about it."""
    return hmac.digest(secret, b"cellwall key id", "sha256").hex()[:16]


def _earlier(first: float | None, second: float) -> float:
    return second if first is None else min(first, second)
