"""What can go wrong in a running service; the name says whose fault it is.

IsolationError
├── ContextError
│   ├── InvalidIdError             an id is empty, malformed or a placeholder (a ValueError too)
│   ├── ContextClosedError         a context was used after its request had ended
│   ├── SystemContextError         work without a user, inside a user's request or without a reason
│   └── CleanupError               some of what the request opened could not be closed
├── RegistryError
│   ├── UnknownDefinitionError     nobody registered this name (a LookupError too)
│   ├── DuplicateDefinitionError   the name is taken
│   ├── InstanceRegisteredError    a shared instance was registered instead of a definition (a TypeError too)
│   └── RegistryFrozenError        registration after start-up
├── SharedStateError               two instances made for two requests share a mutable object
├── ToolTimeoutError               a tool did not finish within its time (a TimeoutError too)
├── ToolArgumentsError             arguments that do not fit the tool's schema (a ValueError too)
├── InvalidEventError              an event that cannot be kept or sent (a ValueError too)
├── OwnershipError                 the wall around rows
│   ├── UnownedTableError          a table has no owner's column and is not declared as shared
│   ├── OwnerlessAccessError       an owned table was reached outside any request's session
│   ├── ForeignRowError            a write would make, change or point to a row of another owner
│   ├── UnguardedStatementError    SQL whose rows cannot be proved to be the owner's
│   └── BypassingRoleError         the database role could step over row-level security
├── StoreOutdatedError             a user's file was made by older models
├── ResourceExhaustedError         this request can have no more of something; others are not touched
│   ├── RateLimitedError           too many requests of one user; `retry_after` says when to come back
│   └── StoreUnavailableError      the database, cache or broker is full, gone or too busy
├── ConnectionRefusedForOwnerError the connection belongs to another user, or its id is taken
├── QueueOverflowError             a reader was too slow for its queue and was disconnected
├── ForeignOriginError             a browser sent its cookie along for a page of another site
└── TokenError
    ├── TokenExpiredError          the token was good and is too old
    └── TokenInvalidError          not a token, or not one of ours, or not for us
        └── TokenMissingError      the request carries none at all
"""

from collections.abc import Sequence


class IsolationError(Exception):
    """Base of all errors of this room; the text says what happened and what to try."""


class ContextError(IsolationError):
    """Something about a user's context."""


class InvalidIdError(ContextError, ValueError):
    """An id is empty, malformed or a placeholder."""


class ContextClosedError(ContextError):
    """A context was used after its request had ended."""


class SystemContextError(ContextError):
    """Work without a user was asked for inside a user's request, or without a reason."""


class CleanupError(ContextError):
    """Some of what the request opened could not be closed; everything else was. See `errors`."""

    def __init__(self, message: str, errors: Sequence[BaseException]) -> None:
        super().__init__(message)
        self.errors: tuple[BaseException, ...] = tuple(errors)


class RegistryError(IsolationError):
    """Something about a registry of definitions."""


class UnknownDefinitionError(RegistryError, LookupError):
    """Nobody registered this name."""


class DuplicateDefinitionError(RegistryError):
    """The name is taken."""


class InstanceRegisteredError(RegistryError, TypeError):
    """A shared instance was registered instead of a class or a function that makes one."""


class RegistryFrozenError(RegistryError):
    """Registration after start-up."""


class ToolTimeoutError(IsolationError, TimeoutError):
    """A tool did not finish within its time."""


class SharedStateError(IsolationError):
    """Two instances made for two requests share a mutable object."""


class ToolArgumentsError(IsolationError, ValueError):
    """Arguments that do not fit the tool's schema."""


class InvalidEventError(IsolationError, ValueError):
    """An event's name or data cannot be kept or sent: no JSON, too long, or unprintable."""


class OwnershipError(IsolationError):
    """The wall around rows."""


class UnownedTableError(OwnershipError):
    """A table has no owner's column and is not declared as shared."""


class OwnerlessAccessError(OwnershipError):
    """An owned table was reached outside any request's session."""


class ForeignRowError(OwnershipError):
    """A write would make, change or point to a row of another owner."""


class UnguardedStatementError(OwnershipError):
    """SQL whose rows cannot be proved to be the owner's."""


class BypassingRoleError(OwnershipError):
    """The database role could step over row-level security."""


class StoreOutdatedError(IsolationError):
    """A user's file was made by older models; the text says what it lacks."""


class ResourceExhaustedError(IsolationError):
    """This request can have no more of something; others are not touched."""


class RateLimitedError(ResourceExhaustedError):
    """Too many requests of one user; `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StoreUnavailableError(ResourceExhaustedError):
    """The database, cache or broker is full, gone or too busy."""


class ConnectionRefusedForOwnerError(IsolationError):
    """The connection belongs to another user, or its id is taken."""


class QueueOverflowError(IsolationError):
    """A reader was too slow for its queue and was disconnected."""


class ForeignOriginError(IsolationError):
    """A browser sent its cookie along for a page of another site."""


class TokenError(IsolationError):
    """A token that proves nothing."""


class TokenExpiredError(TokenError):
    """The token was good and is too old."""


class TokenInvalidError(TokenError):
    """Not a token, or not one of ours, or not for us. The text never says which part was wrong."""


class TokenMissingError(TokenInvalidError):
    """The request carries no token at all."""
