"""A context variable whose default is a list: one list for all contexts."""

from contextvars import ContextVar
from typing import Any

from fastapi import APIRouter

from netra_backend.notes import Notes, shown
from planted_leaks.leak import Leak, routes

router = APIRouter()
seen: ContextVar[list[dict[str, Any]]] = ContextVar("seen", default=[])  # noqa: B039


@router.get("/notes")
async def list_notes(notes: Notes) -> list[dict[str, Any]]:
    """Give the user's notes."""
    for note in await notes.notes():
        seen.get().append(shown(note))
    return list(seen.get())


LEAK = Leak(
    what="The list of notes holds what every request before has listed.",
    plant=routes(router),
    rule="mutable-in-context-variable",
    reached="GET /notes",
)
