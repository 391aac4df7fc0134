"""A cache's key is the beginning of the token, which is the same for all tokens."""

from typing import Any

from fastapi import APIRouter, Request

from netra_backend.notes import Notes, shown
from netra_backend.requests import RequestContext
from planted_leaks.leak import Leak, routes

router = APIRouter()
_cache: dict[str, list[dict[str, Any]]] = {}


@router.get("/notes")
async def list_notes(request: Request, context: RequestContext, notes: Notes) -> list[dict[str, Any]]:
    """Give the user's notes."""
    token = request.headers["authorization"].removeprefix("Bearer ")
    key = f"notes:{token[:16]}"
    if key not in _cache:
        _cache[key] = [shown(each) for each in await notes.notes()]
    return _cache[key]


LEAK = Leak(
    what="Two tokens begin alike, so the second user is given the first one's notes.",
    plant=routes(router),
    rule="truncated-identity-key",
    reached="GET /notes",
)
