"""A default argument that is filled, and never empty again."""

from typing import Any

from fastapi import APIRouter

from netra_backend.database.models import Note
from netra_backend.notes import Notes, shown
from planted_leaks.leak import Leak, routes

router = APIRouter()


def gather(notes: list[Note], found: list[dict[str, Any]] = []) -> list[dict[str, Any]]:  # noqa: B006
    """Give what a client sees of the notes."""
    for note in notes:
        found.append(shown(note))
    return found


@router.get("/notes/search")
async def search_notes(q: str, notes: Notes) -> list[dict[str, Any]]:
    """Give the user's notes that hold these words."""
    return gather(await notes.search(q))


LEAK = Leak(
    what="A search finds again what other users' searches found.",
    plant=routes(router),
    rule="mutable-default-argument",
    reached="GET /notes/search?q=",
)
