"""Notes and the projects that hold them. Works on the session it is given, which sees one user's rows."""

from typing import Any

from netra_backend.database.models import Note, Project


class NoteNotFound(LookupError):
    """No note or project of this id is to be seen in this session."""


class NoteService:
    """The notes that one session sees."""

    def __init__(self, session: Any) -> None:
        self._db = session

    async def open_project(self, name: str) -> Project:
        """Add a project."""
        project = Project(name=name)
        self._db.add(project)
        await self._db.commit()
        return project

    async def projects(self) -> list[Project]:
        """Give the projects in order of their age."""
        return await self._db.query(Project).order_by(Project.id).all()

    async def write(self, text: str, project_id: int | None = None) -> Note:
        """Add a note.

        Raises:
            NoteNotFound: there is no such project.
        """
        if project_id is not None:
            await self.project(project_id)
        note = Note(text=text, project_id=project_id)
        self._db.add(note)
        await self._db.commit()
        return note

    async def project(self, project_id: int) -> Project:
        """Give one project.

        Raises:
            NoteNotFound: there is none of this id in this session.
        """
        return await self._one(Project, id=project_id)

    async def note(self, note_id: int) -> Note:
        """Give one note.

        Raises:
            NoteNotFound: there is none of this id in this session.
        """
        return await self._one(Note, id=note_id)

    async def note_of_project(self, project_id: int, note_id: int) -> Note:
        """Give one note of this very project.

        Raises:
            NoteNotFound: there is none of this id in that project.
        """
        return await self._one(Note, id=note_id, project_id=project_id)

    async def notes(self, project_id: int | None = None) -> list[Note]:
        """Give all notes, or those of one project, in order of their age."""
        found = self._db.query(Note).order_by(Note.id)
        return await (found if project_id is None else found.filter_by(project_id=project_id)).all()

    async def search(self, words: str) -> list[Note]:
        """Give the notes that hold these words, without regard to case."""
        return await self._db.query(Note).filter(Note.text.icontains(words, autoescape=True)).all()

    async def rewrite(self, note_id: int, text: str) -> Note:
        """Change a note's text.

        Raises:
            NoteNotFound: there is none of this id in this session.
        """
        note = await self.note(note_id)
        note.text = text
        await self._db.commit()
        return note

    async def remove(self, note_id: int) -> None:
        """Remove a note.

        Raises:
            NoteNotFound: there is none of this id in this session.
        """
        await self._db.delete(await self.note(note_id))
        await self._db.commit()

    async def _one(self, model: type[Any], **values: Any) -> Any:
        found = await self._db.query(model).filter_by(**values).first()
        if found is None:
            raise NoteNotFound(f"{model.__name__.lower()} {values['id']}")
        return found
