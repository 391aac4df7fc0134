"""The HTTP interface of notes: each request sees the rows of its own user."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Response
from pydantic import BaseModel, Field

from netra_backend.database.models import Note
from netra_backend.database.session_manager import create_request_session
from netra_backend.requests import RequestContext
from netra_backend.services.notes import NoteNotFound, NoteService

router = APIRouter()


class NewProject(BaseModel):
    """What a user says of a new project."""

    name: str = Field(min_length=1, max_length=100)


class NewNote(BaseModel):
    """What a user says of a note. Whose it is, is not theirs to say."""

    text: str = Field(min_length=1, max_length=2000)
    project_id: int | None = None


async def note_service(context: RequestContext) -> AsyncIterator[NoteService]:
    """Open the request's session; what it does not see is answered with 404."""
    async with create_request_session(context) as session:
        try:
            yield NoteService(session)
        except NoteNotFound as error:
            raise HTTPException(404, f"no such {str(error).partition(' ')[0]}") from None


Notes = Annotated[NoteService, Depends(note_service)]


def shown(note: Note) -> dict[str, Any]:
    """Give what a client sees of a note."""
    return {"id": note.id, "project_id": note.project_id, "text": note.text}


@router.post("/projects", status_code=201)
async def open_project(body: NewProject, notes: Notes) -> dict[str, Any]:
    """Add a project."""
    project = await notes.open_project(body.name)
    return {"id": project.id, "name": project.name}


@router.get("/projects")
async def list_projects(notes: Notes) -> list[dict[str, Any]]:
    """Give the user's projects."""
    return [{"id": each.id, "name": each.name} for each in await notes.projects()]


@router.get("/projects/{project_id}/notes")
async def notes_of_project(project_id: int, notes: Notes) -> list[dict[str, Any]]:
    """Give the notes of one of the user's projects."""
    await notes.project(project_id)
    return [shown(each) for each in await notes.notes(project_id)]


@router.get("/projects/{project_id}/notes/{note_id}")
async def note_of_project(project_id: int, note_id: int, notes: Notes) -> dict[str, Any]:
    """Give one note of one of the user's projects."""
    return shown(await notes.note_of_project(project_id, note_id))


@router.post("/notes", status_code=201)
async def write_note(body: NewNote, notes: Notes) -> dict[str, Any]:
    """Add a note."""
    return shown(await notes.write(body.text, body.project_id))


@router.get("/notes")
async def list_notes(notes: Notes) -> list[dict[str, Any]]:
    """Give the user's notes."""
    return [shown(each) for each in await notes.notes()]


@router.get("/notes/search")
async def search_notes(q: str, notes: Notes) -> list[dict[str, Any]]:
    """Give the user's notes that hold these words."""
    return [shown(each) for each in await notes.search(q)]


@router.get("/notes/{note_id}")
async def read_note(note_id: int, notes: Notes) -> dict[str, Any]:
    """Give one of the user's notes."""
    return shown(await notes.note(note_id))


@router.put("/notes/{note_id}")
async def rewrite_note(note_id: int, body: NewNote, notes: Notes) -> dict[str, Any]:
    """Change one of the user's notes."""
    return shown(await notes.rewrite(note_id, body.text))


@router.delete("/notes/{note_id}", status_code=204)
async def remove_note(note_id: int, notes: Notes) -> None:
    """Remove one of the user's notes."""
    await notes.remove(note_id)


@router.get("/export")
async def export(context: RequestContext, notes: Notes) -> dict[str, Any]:
    """Give everything that the platform keeps of the user's notes."""
    projects = [{"id": each.id, "name": each.name} for each in await notes.projects()]
    return {
        "user_id": context.user_id,
        "projects": projects,
        "notes": [shown(each) for each in await notes.notes()],
    }


@router.get("/profile")
async def profile(response: Response, context: RequestContext, notes: Notes) -> dict[str, Any]:
    """Say who asks and how much they have written; no cache may give that to anybody else."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Vary"] = "Authorization"
    return {"user_id": context.user_id, "notes": len(await notes.notes())}
