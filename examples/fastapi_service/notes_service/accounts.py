"""Who may sign in. A real service asks its identity provider here."""

import hashlib
import hmac
import os


class Accounts:
    """Names with salted hashes of their passwords."""

    def __init__(self) -> None:
        self._by_name: dict[str, tuple[bytes, bytes]] = {}

    def add(self, name: str, password: str) -> None:
        salt = os.urandom(16)
        self._by_name[name] = (salt, _hash(password, salt))

    def knows(self, name: str, password: str) -> bool:
        """Say whether the password is right; an unknown name takes as long to be refused."""
        salt, expected = self._by_name.get(name, (b"nobody's salt...", b""))
        return hmac.compare_digest(_hash(password, salt), expected)


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1)
