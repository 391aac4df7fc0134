"""What is sent along with BEGIN, in the same message: the owner, and the end of what others left behind."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final, Protocol

from sqlalchemy.engine import AdaptedConnection

from cellwall.runtime.database.rls.literal import literal
from cellwall.runtime.database.rls.names import OWNER

# What outlives a transaction on a pooled connection and could hold rows: cursors WITH HOLD, and temporary
# tables, which also hide real ones of the same name.
_NOBODY: Final = "CLOSE ALL;DISCARD TEMP"


# Where the base class keeps it: a guarded connection gives its driver to nobody who asks by its public name.
_driver: Final = attrgetter("_connection")


class OpensTransactions(Protocol):
    """A driver's connection that sends what `cellwall_opening` gives in the message of every BEGIN."""

    cellwall_opening: Callable[[], str]

    def cellwall_backend(self) -> int:
        """Give the number of the server's process at the other end."""
        ...

    async def cellwall_rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Give the rows of one statement in a transaction of its own, beneath all listeners."""
        ...


def opening(owner: object) -> str:
    """Give the statements that follow BEGIN and say whose the transaction is.

    SET LOCAL ends with the transaction, whoever ends it and however; a setting of the session would not.
    """
    return f"SET LOCAL {OWNER}={literal(str(owner))};{_NOBODY}"


def nobodys_opening() -> str:
    """Give the opening of a transaction that belongs to nobody, and so sees no row."""
    return _NOBODY


def opener_of(adapted: object) -> OpensTransactions | None:
    """Give the driver's connection under SQLAlchemy's; None where it takes no opening along."""
    if not isinstance(adapted, AdaptedConnection):
        return None
    driver: Any = _driver(adapted)
    return driver if hasattr(driver, "cellwall_opening") else None
