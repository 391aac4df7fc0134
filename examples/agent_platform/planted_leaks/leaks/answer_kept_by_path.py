"""A cache of answers in front of the application knows the path and not the user."""

from typing import Any

from fastapi import APIRouter, Request

from netra_backend.notes import Notes
from netra_backend.requests import RequestContext
from planted_leaks.leak import Leak, routes

router = APIRouter()
_answers: dict[str, dict[str, Any]] = {}


@router.get("/profile")
async def profile(request: Request, context: RequestContext, notes: Notes) -> dict[str, Any]:
    """Say who asks."""
    if request.url.path not in _answers:
        _answers[request.url.path] = {"user_id": context.user_id, "notes": len(await notes.notes())}
    return _answers[request.url.path]


LEAK = Leak(
    what="The first user's profile is kept by its path and given to everybody.",
    plant=routes(router),
    rule="request-data-in-module-state",
    reached="GET /profile",
)
