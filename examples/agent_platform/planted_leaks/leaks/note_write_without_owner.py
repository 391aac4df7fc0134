"""A note is changed by the id from the path."""

from functools import partial
from typing import Any

from fastapi import APIRouter, HTTPException

from netra_backend.notes import NewNote
from planted_leaks.good_notes import shown, with_good_notes
from planted_leaks.leak import Leak
from planted_leaks.one_table import Note, Session, UserId

router = APIRouter()


@router.put("/notes/{note_id}")
async def rewrite_note(note_id: int, body: NewNote, user_id: UserId, db: Session) -> dict[str, Any]:
    """Change a note."""
    note = await db.get(Note, note_id)
    if note is None:
        raise HTTPException(404, "no such note")
    note.text = body.text
    await db.commit()
    return shown(note)


LEAK = Leak(
    what="Whoever sends the id of a note overwrites it, whosever it is.",
    plant=partial(with_good_notes, leak=router),
    rule="lookup-by-id-without-owner",
    reached="PUT /notes/{note_id}",
)
