"""The context that the running code works for, for logging. Decisions take the context as an argument."""

from contextvars import ContextVar, Token
from typing import Final, final

from cellwall.runtime.context import UserExecutionContext

_current: Final[ContextVar[UserExecutionContext | None]] = ContextVar("cellwall_context", default=None)


def current_context() -> UserExecutionContext | None:
    """Give the context of the running request, None outside of one. For log fields only."""
    return _current.get()


@final
class activate:  # noqa: N801  # used as a function is, and entered once for every request
    """Make `context` the current one for the block, and the one before it afterwards.

    Raises:
        ContextClosedError: the request has ended.
        TypeError: `context` is no UserExecutionContext.

    Example:
        >>> with activate(UserExecutionContext.create_for_user("ada")):
        ...     current_context().user_id
        'ada'
    """

    __slots__ = ("_context", "_token")

    def __init__(self, context: UserExecutionContext) -> None:
        if type(context) is not UserExecutionContext:
            raise TypeError(f"only a user's context can be the current one, not {type(context).__name__}")
        self._context = context
        self._token: Token[UserExecutionContext | None] | None = None

    def __enter__(self) -> UserExecutionContext:
        """Make it the current one.

        Raises:
            ContextClosedError: the request has ended.
            RuntimeError: entered already.
        """
        if self._token is not None:
            raise RuntimeError("activate(context) is entered once; call activate again")
        self._context.require_open()
        self._token = _current.set(self._context)
        return self._context

    def __exit__(self, *_: object) -> None:
        """Make the one before it the current one."""
        if self._token is not None:
            _current.reset(self._token)
