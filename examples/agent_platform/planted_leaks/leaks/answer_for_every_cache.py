"""The answer tells every cache on its way that it may be kept, for everybody."""

from typing import Any

from fastapi import APIRouter, Response

from netra_backend.notes import Notes
from netra_backend.requests import RequestContext
from planted_leaks.leak import Leak, routes

router = APIRouter()


@router.get("/profile")
async def profile(response: Response, user_context: RequestContext, notes: Notes) -> dict[str, Any]:
    """Say who asks."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return {"user_id": user_context.user_id, "notes": len(await notes.notes())}


LEAK = Leak(
    what="A cache between the platform and its users may give one user's profile to another.",
    plant=routes(router),
    rule="public-response-of-user",
    reached="GET /profile, header Cache-Control",
)
