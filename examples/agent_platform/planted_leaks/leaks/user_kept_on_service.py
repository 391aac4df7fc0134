"""An object that serves all requests keeps the user on itself while it waits."""

import asyncio
from typing import Any

from fastapi import APIRouter

from netra_backend.database.session_manager import create_request_session
from netra_backend.notes import shown
from netra_backend.requests import RequestContext
from netra_backend.services.notes import NoteService
from planted_leaks.leak import Leak, routes

router = APIRouter()


class Exporter:
    """Makes exports, one at a time, as its author thought."""

    def __init__(self) -> None:
        self.context: Any = None

    async def export(self, user_context: RequestContext) -> dict[str, Any]:
        """Give everything of one user."""
        self.context = user_context
        await asyncio.sleep(0)  # the archive is opened
        async with create_request_session(self.context) as session:
            notes = [shown(each) for each in await NoteService(session).notes()]
        return {"user_id": self.context.user_id, "projects": [], "notes": notes}


exporter = Exporter()


@router.get("/export")
async def export(user_context: RequestContext) -> dict[str, Any]:
    """Give all that is kept of the user's notes."""
    return await exporter.export(user_context)


LEAK = Leak(
    what="Of two users who export at the same time, the first gets the second one's notes.",
    plant=routes(router),
    rule="attribute-across-await",
    reached="GET /export, twice at the same time",
    seen="overlap",
)
