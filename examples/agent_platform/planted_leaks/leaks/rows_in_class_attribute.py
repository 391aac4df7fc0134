"""A container in a class body, filled as if it were each object's own."""

from typing import Any

from fastapi import APIRouter

from netra_backend.notes import Notes, shown
from netra_backend.requests import RequestContext
from planted_leaks.leak import Leak, routes

router = APIRouter()


class Export:
    """What is gathered for one export."""

    rows: list[dict[str, Any]] = []

    def add(self, row: dict[str, Any]) -> None:
        """Take one more row."""
        self.rows.append(row)


@router.get("/export")
async def export(context: RequestContext, notes: Notes) -> dict[str, Any]:
    """Give all that is kept of the user's notes."""
    gathered = Export()
    for note in await notes.notes():
        gathered.add(shown(note))
    return {"user_id": context.user_id, "projects": [], "notes": gathered.rows}


LEAK = Leak(
    what="An export holds the notes of everybody who exported before.",
    plant=routes(router),
    rule="class-attribute-changed-by-instances",
    reached="GET /export",
)
