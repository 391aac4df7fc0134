"""Notes that are asked for by a list of ids: anybody's where it leaks."""

from itertools import count
from typing import Annotated

from fastapi import Depends, FastAPI
from pydantic import BaseModel

from tests.audit.apps.accounts import current, with_accounts

User = Annotated[str, Depends(current)]


class Note(BaseModel):
    """What is written."""

    text: str


class Wanted(BaseModel):
    """Which notes are asked for."""

    note_ids: list[str]


def create_batch(leaking: bool) -> FastAPI:
    """Make the service."""
    app = with_accounts(FastAPI())
    notes: dict[str, tuple[str, str]] = {}
    number = count(1)

    @app.post("/notes", status_code=201)
    async def write(body: Note, user: User) -> dict[str, str]:
        at = f"n{next(number):06}"
        notes[at] = user, body.text
        return {"id": at, "text": body.text}

    @app.post("/notes/batch")
    async def batch(body: Wanted, user: User) -> list[dict[str, str]]:
        found = {at: notes[at] for at in body.note_ids if at in notes}
        return [{"id": at, "text": text} for at, (owner, text) in found.items() if leaking or owner == user]

    return app
