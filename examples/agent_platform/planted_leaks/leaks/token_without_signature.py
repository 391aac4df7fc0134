"""The claims of a token are believed without a look at its signature."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException

from cellwall import UserExecutionContext, cleanup_user_context
from netra_backend.requests import request_context
from planted_leaks.leak import Leak


async def trusting_context(
    authorization: Annotated[str, Header()] = "",
    x_connection_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[UserExecutionContext]:
    """Make the context of whom the token names."""
    try:
        payload = authorization.removeprefix("Bearer ").split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        user_id = str(claims["user_id"])
    except (IndexError, KeyError, ValueError):
        raise HTTPException(401, "sign in first") from None
    context = UserExecutionContext.create_for_user(user_id, websocket_connection_id=x_connection_id)
    try:
        yield context
    finally:
        await cleanup_user_context(context)


def plant(app: FastAPI) -> None:
    """Let requests have this context."""
    app.dependency_overrides[request_context] = trusting_context


LEAK = Leak(
    what="Whoever writes a token that names a user is that user.",
    plant=plant,
    rule="jwt-without-verification",
    reached="any request, Authorization with a forged token",
)
