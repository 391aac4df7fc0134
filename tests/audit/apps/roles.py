"""Members with notes, and an admin who sees them all and keeps a log: for nobody else, unless it leaks."""

from itertools import count
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

from tests.audit.apps.accounts import current, with_accounts

User = Annotated[str, Depends(current)]


class Text(BaseModel):
    """What is written."""

    text: str


def create_roles(leaking: bool) -> FastAPI:
    """Make the service."""
    app = with_accounts(FastAPI())
    notes: dict[int, tuple[str, str]] = {}
    entries: dict[int, str] = {}
    number = count(1)

    async def admin(user: User) -> str:
        if user != "admin" and not leaking:
            raise HTTPException(403, "for admins")
        return user

    @app.post("/notes", status_code=201)
    async def write(body: Text, user: User) -> dict[str, object]:
        at = next(number)
        notes[at] = user, body.text
        return {"id": at, "text": body.text}

    @app.get("/notes/{note_id}")
    async def read(note_id: int, user: User) -> dict[str, object]:
        owner, text = notes.get(note_id, ("", ""))
        if user not in (owner, "admin"):
            raise HTTPException(404)
        return {"id": note_id, "text": text}

    @app.get("/notes")
    async def listed(user: User) -> list[dict[str, object]]:
        return [{"id": at, "text": text} for at, (by, text) in notes.items() if user in (by, "admin")]

    @app.post("/log", status_code=201)
    async def enter(body: Text, user: User) -> dict[str, object]:
        if user != "admin":
            raise HTTPException(403, "for admins")
        at = next(number)
        entries[at] = body.text
        return {"id": at, "text": body.text}

    @app.get("/log/{entry_id}", dependencies=[Depends(admin)])
    async def entry(entry_id: int) -> dict[str, object]:
        if entry_id not in entries:
            raise HTTPException(404)
        return {"id": entry_id, "text": entries[entry_id]}

    return app
