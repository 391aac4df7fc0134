"""The notes over one database, each query with its owner, as it should be. A leak of rows replaces one of these."""

from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException
from sqlalchemy import select

from netra_backend.notes import NewNote, NewProject
from netra_backend.routes import add_routes
from planted_leaks.one_table import Note, Project, Session, UserId

router = APIRouter()


def shown(note: Note) -> dict[str, Any]:
    """Give what a client sees of a note."""
    return {"id": note.id, "project_id": note.project_id, "text": note.text}


async def own_note(db: Session, user_id: str, note_id: int) -> Note:
    """Give one of the user's notes, or answer 404."""
    note = await db.scalar(select(Note).where(Note.id == note_id, Note.user_id == user_id))
    if note is None:
        raise HTTPException(404, "no such note")
    return note


async def own_project(db: Session, user_id: str, project_id: int) -> Project:
    """Give one of the user's projects, or answer 404."""
    project = await db.scalar(select(Project).where(Project.id == project_id, Project.user_id == user_id))
    if project is None:
        raise HTTPException(404, "no such project")
    return project


@router.post("/projects", status_code=201)
async def open_project(body: NewProject, user_id: UserId, db: Session) -> dict[str, Any]:
    """Add a project."""
    project = Project(name=body.name, user_id=user_id)
    db.add(project)
    await db.commit()
    return {"id": project.id, "name": project.name}


@router.get("/projects")
async def list_projects(user_id: UserId, db: Session) -> list[dict[str, Any]]:
    """Give the user's projects."""
    found = await db.scalars(select(Project).where(Project.user_id == user_id))
    return [{"id": each.id, "name": each.name} for each in found]


@router.get("/projects/{project_id}/notes")
async def notes_of_project(project_id: int, user_id: UserId, db: Session) -> list[dict[str, Any]]:
    """Give the notes of one of the user's projects."""
    await own_project(db, user_id, project_id)
    found = await db.scalars(select(Note).where(Note.project_id == project_id, Note.user_id == user_id))
    return [shown(note) for note in found]


@router.get("/projects/{project_id}/notes/{note_id}")
async def note_of_project(project_id: int, note_id: int, user_id: UserId, db: Session) -> dict[str, Any]:
    """Give one note of one of the user's projects."""
    await own_project(db, user_id, project_id)
    note = await own_note(db, user_id, note_id)
    if note.project_id != project_id:
        raise HTTPException(404, "no such note")
    return shown(note)


@router.post("/notes", status_code=201)
async def write_note(body: NewNote, user_id: UserId, db: Session) -> dict[str, Any]:
    """Add a note."""
    if body.project_id is not None:
        await own_project(db, user_id, body.project_id)
    note = Note(text=body.text, project_id=body.project_id, user_id=user_id)
    db.add(note)
    await db.commit()
    return shown(note)


@router.get("/notes")
async def list_notes(user_id: UserId, db: Session) -> list[dict[str, Any]]:
    """Give the user's notes."""
    return [shown(note) for note in await db.scalars(select(Note).where(Note.user_id == user_id))]


@router.get("/notes/search")
async def search_notes(q: str, user_id: UserId, db: Session) -> list[dict[str, Any]]:
    """Give the user's notes that hold these words."""
    found = select(Note).where(Note.user_id == user_id, Note.text.icontains(q, autoescape=True))
    return [shown(note) for note in await db.scalars(found)]


@router.get("/notes/{note_id}")
async def read_note(note_id: int, user_id: UserId, db: Session) -> dict[str, Any]:
    """Give one of the user's notes."""
    return shown(await own_note(db, user_id, note_id))


@router.put("/notes/{note_id}")
async def rewrite_note(note_id: int, body: NewNote, user_id: UserId, db: Session) -> dict[str, Any]:
    """Change one of the user's notes."""
    note = await own_note(db, user_id, note_id)
    note.text = body.text
    await db.commit()
    return shown(note)


@router.delete("/notes/{note_id}", status_code=204)
async def remove_note(note_id: int, user_id: UserId, db: Session) -> None:
    """Remove one of the user's notes."""
    await db.delete(await own_note(db, user_id, note_id))
    await db.commit()


@router.get("/export")
async def export(user_id: UserId, db: Session) -> dict[str, Any]:
    """Give all that is kept of the user's notes."""
    projects = await list_projects(user_id, db)
    return {"user_id": user_id, "projects": projects, "notes": await list_notes(user_id, db)}


def with_good_notes(app: FastAPI, leak: APIRouter) -> None:
    """Move the notes to the one database, once, and plant a leak among their routes."""
    if not getattr(app.state, "notes_in_one_table", False):
        app.state.notes_in_one_table = True
        add_routes(app, router)
    add_routes(app, leak)
