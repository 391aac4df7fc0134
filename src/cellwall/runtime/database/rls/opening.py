"""What is sent along with BEGIN, in the same message: the owner, and the end of what others left behind."""

from typing import Final, Protocol

from cellwall.runtime.database.rls.literal import literal
from cellwall.runtime.database.rls.names import OWNER

# What outlives a transaction on a pooled connection and could hold rows: cursors WITH HOLD, temporary tables
# (which also hide real ones), and channels that somebody listened to.
_LEFT_BEHIND: Final = "CLOSE ALL;DISCARD TEMP;UNLISTEN *"


class OpensTransactions(Protocol):
    """A driver's connection that sends its `cellwall_opening` in the message of every BEGIN."""

    cellwall_opening: str

    def cellwall_backend(self) -> int:
        """Give the number of the server's process at the other end."""
        ...


def opening(owner: str | None) -> str:
    """Give the statements that follow BEGIN; without an owner, those that leave the transaction without one.

    SET LOCAL ends with the transaction, whoever ends it and however; a setting of the session would not.
    """
    own = "" if owner is None else f"SET LOCAL {OWNER}={literal(owner)};"
    return own + _LEFT_BEHIND
