"""The export joins notes with projects and asks neither whose they are."""

from functools import partial
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select

from planted_leaks.good_notes import shown, with_good_notes
from planted_leaks.leak import Leak
from planted_leaks.one_table import Note, Project, Session, UserId

router = APIRouter()


async def everything(db: Session) -> dict[str, Any]:
    """Read all rows, for the nightly copy and, since last week, for the export."""
    projects = [{"id": each.id, "name": each.name} for each in await db.scalars(select(Project))]
    return {"projects": projects, "notes": [shown(each) for each in await db.scalars(select(Note))]}


@router.get("/export")
async def export(user_id: UserId, db: Session) -> dict[str, Any]:
    """Give all that is kept."""
    return {"user_id": user_id, **await everything(db)}


LEAK = Leak(
    what="The export of one's own data holds everybody's.",
    plant=partial(with_good_notes, leak=router),
    rule="query-without-owner",
    reached="GET /export",
)
