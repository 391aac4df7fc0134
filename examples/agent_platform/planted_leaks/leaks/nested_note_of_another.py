"""The project is asked whose it is, the note inside is not."""

from functools import partial
from typing import Any

from fastapi import APIRouter, HTTPException

from planted_leaks.good_notes import own_project, shown, with_good_notes
from planted_leaks.leak import Leak
from planted_leaks.one_table import Note, Session, UserId

router = APIRouter()


@router.get("/projects/{project_id}/notes/{note_id}")
async def note_of_project(project_id: int, note_id: int, user_id: UserId, db: Session) -> dict[str, Any]:
    """Give a note of one of the user's projects."""
    await own_project(db, user_id, project_id)
    note = await db.get(Note, note_id)
    if note is None:
        raise HTTPException(404, "no such note")
    return shown(note)


LEAK = Leak(
    what="Below a project of one's own, any note is read by its id.",
    plant=partial(with_good_notes, leak=router),
    rule="lookup-by-id-without-owner",
    reached="GET /projects/{project_id}/notes/{note_id}",
)
