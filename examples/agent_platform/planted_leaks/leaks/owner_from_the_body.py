"""Whatever the body says becomes the row, its owner too."""

from functools import partial
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from planted_leaks.good_notes import shown, with_good_notes
from planted_leaks.leak import Leak
from planted_leaks.one_table import Note, Session, UserId

router = APIRouter()


class AnyNote(BaseModel):
    """All columns of a note."""

    text: str
    project_id: int | None = None
    user_id: str | None = None


@router.post("/notes", status_code=201)
async def write_note(body: AnyNote, user_id: UserId, db: Session) -> dict[str, Any]:
    """Add a note."""
    note = Note(**({"user_id": user_id} | body.model_dump(exclude_none=True)))
    db.add(note)
    await db.commit()
    return shown(note)


LEAK = Leak(
    what="A note is put among another user's notes by naming that user in the body.",
    plant=partial(with_good_notes, leak=router),
    rule="",
    reached='POST /notes {"text": ..., "user_id": ...}',
)
