"""What can keep an audit from starting.

AuditError
├── NotAllowedError    an address is not loopback, and was not allowed twice
├── NotReachedError    the application cannot be imported, started, or does not answer
└── NoUsersError       no two users could be made, and none were given
"""

from __future__ import annotations

from typing import final


class AuditError(Exception):
    """The root of these errors; the text says what to try."""


@final
class NotAllowedError(AuditError):
    """The address is not on this machine."""


@final
class NotReachedError(AuditError):
    """The application is not there."""


@final
class NoUsersError(AuditError):
    """Nobody to ask as."""
