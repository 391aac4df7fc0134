"""A note is looked up by the id from the path."""

from functools import partial
from typing import Any

from fastapi import APIRouter, HTTPException

from planted_leaks.good_notes import shown, with_good_notes
from planted_leaks.leak import Leak
from planted_leaks.one_table import Note, Session, UserId

router = APIRouter()


@router.get("/notes/{note_id}")
async def read_note(note_id: int, user_id: UserId, db: Session) -> dict[str, Any]:
    """Give a note."""
    note = await db.get(Note, note_id)
    if note is None:
        raise HTTPException(404, "no such note")
    return shown(note)


LEAK = Leak(
    what="Whoever sends the id of a note reads it, whosever it is.",
    plant=partial(with_good_notes, leak=router),
    rule="lookup-by-id-without-owner",
    reached="GET /notes/{note_id}",
)
