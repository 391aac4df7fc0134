"""The search is written in SQL, and the SQL names no owner."""

from functools import partial
from typing import Any

from fastapi import APIRouter
from sqlalchemy import text

from planted_leaks.good_notes import with_good_notes
from planted_leaks.leak import Leak
from planted_leaks.one_table import Session, UserId

router = APIRouter()


@router.get("/notes/search")
async def search_notes(q: str, user_id: UserId, db: Session) -> list[dict[str, Any]]:
    """Give the notes that hold these words."""
    statement = text("SELECT id, project_id, text FROM notes WHERE instr(lower(text), lower(:words)) > 0")
    return [dict(row) for row in (await db.execute(statement, {"words": q})).mappings()]


LEAK = Leak(
    what="The search finds everybody's notes.",
    plant=partial(with_good_notes, leak=router),
    rule="raw-sql-without-owner",
    reached="GET /notes/search?q=",
)
