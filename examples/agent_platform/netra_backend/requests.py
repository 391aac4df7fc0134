"""From an HTTP request to the context of its user, closed when the response is made."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Response

from auth_service.tokens import BadToken, user_of
from cellwall import UserExecutionContext, cleanup_user_context
from netra_backend.limits import require_shared_request


async def request_context(
    response: Response,
    authorization: Annotated[str, Header()] = "",
    x_connection_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[UserExecutionContext]:
    """Make the context of the bearer token's user, within the user's limit."""
    scheme, _, token = authorization.partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise BadToken("no bearer token")
        user_id = user_of(token)
    except BadToken:
        raise HTTPException(401, "sign in first") from None
    response.headers.update(await require_shared_request(user_id))
    context = UserExecutionContext.create_for_user(user_id, websocket_connection_id=x_connection_id)
    try:
        yield context
    finally:
        await cleanup_user_context(context)


RequestContext = Annotated[UserExecutionContext, Depends(request_context)]
