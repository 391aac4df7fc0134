"""Accounts in a file, so that they outlive the process."""

import sqlite3
from pathlib import Path

from auth_service.accounts import Account, Accounts

_TABLE = """
    CREATE TABLE IF NOT EXISTS accounts (
        user_id TEXT PRIMARY KEY, salt BLOB NOT NULL, digest BLOB NOT NULL, failures INTEGER NOT NULL
    )"""


class StoredAccounts(Accounts):
    """All accounts of one service, as its file has them; one process works on a file."""

    def __init__(self, file: Path) -> None:
        self._file = sqlite3.connect(file)
        self._file.execute(_TABLE)
        rows = self._file.execute("SELECT user_id, salt, digest, failures FROM accounts")
        super().__init__({row[0]: Account(*row) for row in rows})

    def register(self, user_id: str, password: str) -> Account:
        """Open an account, and keep it; see `Accounts.register`."""
        account = super().register(user_id, password)
        self._keep(account)
        return account

    def check(self, user_id: str, password: str) -> Account:
        """Give the account when the password is right, and keep the count; see `Accounts.check`."""
        before = self._by_id[user_id].failures if user_id in self._by_id else None
        try:
            return super().check(user_id, password)
        finally:
            if before is not None and self._by_id[user_id].failures != before:
                self._keep(self._by_id[user_id])

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _keep(self, account: Account) -> None:
        row = (account.user_id, account.salt, account.digest, account.failures)
        with self._file:
            self._file.execute("INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?)", row)
