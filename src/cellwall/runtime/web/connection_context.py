"""The context of a request, for handlers of Starlette and any other ASGI framework."""

from typing import Any, Protocol

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.errors import ContextError
from cellwall.runtime.web.asgi import CONTEXT


class HasScope(Protocol):
    """The part of a `Request`, `WebSocket` or `HTTPConnection` that is used here."""

    @property
    def scope(self) -> Any:
        """The ASGI scope."""
        ...


def request_context(connection: HasScope) -> UserExecutionContext:
    """Give the context that the middleware made for this request or WebSocket.

    Raises:
        ContextError: the path is public, or `CellwallMiddleware` is not installed.

    Example:
        async def endpoint(request: Request) -> Response:
            context = request_context(request)
    """
    context = connection.scope.get(CONTEXT)
    if not isinstance(context, UserExecutionContext):
        raise ContextError("this request has no user: its path is public, or CellwallMiddleware is missing")
    return context
