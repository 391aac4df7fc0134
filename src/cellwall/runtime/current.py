"""The context that the running code works for, for logging. Decisions take the context as an argument."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from cellwall.runtime.context import UserExecutionContext

_current: ContextVar[UserExecutionContext | None] = ContextVar("cellwall_context", default=None)


def current_context() -> UserExecutionContext | None:
    """Give the context of the running request, None outside of one. For log fields only."""
    return _current.get()


@contextmanager
def activate(context: UserExecutionContext) -> Iterator[UserExecutionContext]:
    """Make `context` the current one for the block, and the one before it afterwards.

    Raises:
        ContextClosedError: the request has ended.
    """
    context.require_open()
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
