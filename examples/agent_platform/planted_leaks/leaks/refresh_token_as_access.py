"""A token that is good for new tokens only is good for everything, for a day and after signing out."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException

from auth_service import tokens
from auth_service.tokens import BadToken
from cellwall import UserExecutionContext, cleanup_user_context
from netra_backend.requests import request_context
from planted_leaks.leak import Leak


def user_of_either(token: str) -> str:
    """Give the user of a token of either kind."""
    try:
        return tokens.issuer.verify(token).user_id
    except BadToken:
        return tokens.refresh_issuer.verify(token).user_id


async def lenient_context(
    authorization: Annotated[str, Header()] = "",
    x_connection_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[UserExecutionContext]:
    """Make the context of the token's user."""
    try:
        user_id = user_of_either(authorization.removeprefix("Bearer "))
    except BadToken:
        raise HTTPException(401, "sign in first") from None
    context = UserExecutionContext.create_for_user(user_id, websocket_connection_id=x_connection_id)
    try:
        yield context
    finally:
        await cleanup_user_context(context)


def plant(app: FastAPI) -> None:
    """Let requests have this context."""
    app.dependency_overrides[request_context] = lenient_context


LEAK = Leak(
    what="A refresh token opens everything, also after its user has signed out.",
    plant=plant,
    rule="",
    reached="any request, Authorization with a refresh token",
)
