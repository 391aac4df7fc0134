"""The list of notes forgets to ask whose they are."""

from functools import partial
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select

from planted_leaks.good_notes import shown, with_good_notes
from planted_leaks.leak import Leak
from planted_leaks.one_table import Note, Session, UserId

router = APIRouter()


@router.get("/notes")
async def list_notes(user_id: UserId, db: Session) -> list[dict[str, Any]]:
    """Give the notes."""
    return [shown(note) for note in await db.scalars(select(Note).order_by(Note.id))]


LEAK = Leak(
    what="The list of notes is everybody's.",
    plant=partial(with_good_notes, leak=router),
    rule="query-without-owner",
    reached="GET /notes",
)
