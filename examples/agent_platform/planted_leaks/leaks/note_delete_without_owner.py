"""A note is deleted by the id from the path."""

from functools import partial

from fastapi import APIRouter
from sqlalchemy import delete

from planted_leaks.good_notes import with_good_notes
from planted_leaks.leak import Leak
from planted_leaks.one_table import Note, Session, UserId

router = APIRouter()


@router.delete("/notes/{note_id}", status_code=204)
async def remove_note(note_id: int, user_id: UserId, db: Session) -> None:
    """Remove a note."""
    await db.execute(delete(Note).where(Note.id == note_id))
    await db.commit()


LEAK = Leak(
    what="Whoever sends the id of a note deletes it, whosever it is.",
    plant=partial(with_good_notes, leak=router),
    rule="query-without-owner",
    reached="DELETE /notes/{note_id}",
)
