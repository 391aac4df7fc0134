"""The context as a FastAPI dependency. The only file that knows FastAPI."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.web.connection_context import request_context


async def user_context(connection: HTTPConnection) -> UserExecutionContext:
    """Give the context of this request or WebSocket.

    A coroutine function, because FastAPI runs plain functions in a thread.

    Raises:
        ContextError: the path is public, or `CellwallMiddleware` is not installed.
    """
    return request_context(connection)


UserContext = Annotated[UserExecutionContext, Depends(user_context)]
