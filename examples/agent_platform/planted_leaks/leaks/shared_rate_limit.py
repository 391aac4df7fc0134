"""All users draw on one limit."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException

from auth_service.tokens import BadToken, user_of
from cellwall import UserExecutionContext, cleanup_user_context
from cellwall.runtime.limits import MemoryRateLimiter
from netra_backend.limits import RATE
from netra_backend.requests import request_context
from planted_leaks.leak import Leak


def plant(app: FastAPI) -> None:
    """Count everybody's requests together."""
    limiter = MemoryRateLimiter(RATE)

    async def counted_context(
        authorization: Annotated[str, Header()] = "",
        x_connection_id: Annotated[str | None, Header()] = None,
    ) -> AsyncIterator[UserExecutionContext]:
        try:
            user_id = user_of(authorization.removeprefix("Bearer "))
        except BadToken:
            raise HTTPException(401, "sign in first") from None
        if not limiter.hit_now("everybody").allowed:
            raise HTTPException(429, "too many requests")
        context = UserExecutionContext.create_for_user(user_id, websocket_connection_id=x_connection_id)
        try:
            yield context
        finally:
            await cleanup_user_context(context)

    app.dependency_overrides[request_context] = counted_context


LEAK = Leak(
    what="One user who asks 120 times keeps everybody else out, and can tell how busy they are.",
    plant=plant,
    rule="",
    reached="any request, after another user's 120",
)
