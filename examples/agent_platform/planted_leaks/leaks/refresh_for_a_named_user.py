"""New tokens are signed for the user whom the body names, not for the one whose refresh token it is."""

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from auth_service.app import both_tokens
from auth_service.tokens import BadToken, renew
from planted_leaks.leak import Leak, routes

router = APIRouter()


class NamedRenewal(BaseModel):
    """A refresh token, and for whom."""

    refresh_token: str
    user_id: str | None = None


@router.post("/refresh")
async def refresh(body: NamedRenewal) -> dict[str, str]:
    """Sign new tokens."""
    try:
        user_id = await renew(body.refresh_token)
    except BadToken:
        raise HTTPException(401, "sign in first") from None
    return both_tokens(body.user_id or user_id)


LEAK = Leak(
    what="Whoever renews a token may name the user whose token it shall be.",
    plant=routes(router),
    rule="",
    reached='POST /auth/refresh {"refresh_token": ..., "user_id": ...}',
    service="auth",
)
