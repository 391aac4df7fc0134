"""What cannot be done with one owner's file, told as an error of that owner's alone."""

import sqlite3

from cellwall.runtime.database.unavailable import cause_of
from cellwall.runtime.errors import StoreUnavailableError


def unavailable(error: BaseException) -> StoreUnavailableError | None:
    """Give the error to raise in place of `error`, or None when the statement itself was wrong."""
    cause = cause_of(error)
    if isinstance(error, OSError):
        cause = error.strerror or type(error).__name__
    elif cause is None and isinstance(error, sqlite3.OperationalError) and "onnection" in str(error):
        cause = "the storage was closed"  # the driver's word for a connection that was closed under it
    if cause is None:
        return None
    return StoreUnavailableError(
        f"this user's store is not available: {cause}; nothing of this transaction is kept, other users' "
        "stores are not touched"
    )
