"""Signed-in users are found by the beginning of their token, which is the same for all."""

from fastapi import APIRouter, Header, HTTPException

from auth_service.tokens import BadToken, user_of
from planted_leaks.leak import Leak, routes

router = APIRouter()
known: dict[str, str] = {}


@router.get("/me")
async def me(authorization: str = Header(default="")) -> dict[str, str]:
    """Say who asks."""
    token = authorization.removeprefix("Bearer ")
    for known_token, user_id in known.items():
        if token[:20] == known_token[:20]:
            return {"user_id": user_id}
    try:
        known[token] = user_of(token)
    except BadToken:
        raise HTTPException(401, "sign in first") from None
    return {"user_id": known[token]}


LEAK = Leak(
    what="The auth service takes everybody for the user who asked first.",
    plant=routes(router),
    rule="token-compared-by-prefix",
    reached="GET /auth/me",
    service="auth",
)
