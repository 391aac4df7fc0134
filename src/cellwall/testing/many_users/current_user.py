"""Which simulated user the running code works for, and what is its own; none outside of all of them."""

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cellwall.testing.many_users.own_values import OwnValues

_user: Final[ContextVar[str | None]] = ContextVar("cellwall_simulated_user", default=None)
_own: Final[ContextVar["OwnValues | None"]] = ContextVar("cellwall_own_values", default=None)


def current_user() -> str | None:
    """Give the simulated user for whom the running code works."""
    return _user.get()


def current_values() -> "OwnValues | None":
    """Give the values of the users of the running run."""
    return _own.get()


def become(user: str, own: "OwnValues") -> None:
    """Let the running task work for this user to its end; what it starts does so too."""
    _user.set(user)
    _own.set(own)
