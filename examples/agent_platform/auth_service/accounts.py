"""Accounts with passwords, in memory."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

MIN_PASSWORD = 10
MAX_FAILURES = 5


class AccountError(ValueError):
    """A sign-up or sign-in that was refused; the text may be shown to the user."""


@dataclass
class Account:
    """One user's account."""

    user_id: str
    salt: bytes
    digest: bytes
    failures: int = 0


@dataclass
class Accounts:
    """All accounts of one service."""

    _by_id: dict[str, Account] = field(default_factory=dict)

    def register(self, user_id: str, password: str) -> Account:
        """Open an account.

        Raises:
            AccountError: the name is taken or the password too short.
        """
        if user_id in self._by_id:
            raise AccountError("this name is taken")
        if len(password) < MIN_PASSWORD:
            raise AccountError(f"a password has at least {MIN_PASSWORD} characters")
        salt = secrets.token_bytes(16)
        account = Account(user_id, salt, _digest(password, salt))
        self._by_id[user_id] = account
        return account

    def check(self, user_id: str, password: str) -> Account:
        """Give the account when the password is right; five wrong ones lock it.

        Raises:
            AccountError: unknown name, wrong password, or locked.
        """
        account = self._by_id.get(user_id)
        if account is None or account.failures >= MAX_FAILURES:
            raise AccountError("wrong name or password")
        if not hmac.compare_digest(account.digest, _digest(password, account.salt)):
            account.failures += 1
            raise AccountError("wrong name or password")
        account.failures = 0
        return account


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**10, r=8, p=1)
