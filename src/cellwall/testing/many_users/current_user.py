"""Which simulated user the running code works for; None outside of all of them."""

from contextvars import ContextVar
from typing import Final

_user: Final[ContextVar[str | None]] = ContextVar("cellwall_simulated_user", default=None)


def current_user() -> str | None:
    """Give the simulated user for whom the running code works."""
    return _user.get()


def become(user: str) -> None:
    """Let the running task work for this user to its end; what it starts does so too."""
    _user.set(user)
