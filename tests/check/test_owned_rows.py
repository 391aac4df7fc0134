"""The four rules on rows with an owner, over one table: a line with a rule's code is found by that one."""

from collections.abc import Callable, Iterator
from textwrap import dedent

import pytest

Lines = Callable[..., list[int]]
RULES = {
    "CW403": "query-without-owner",
    "CW404": "lookup-by-id-without-owner",
    "CW405": "raw-sql-without-owner",
    "CW406": "insert-without-owner",
}
SQLALCHEMY = """
from fastapi import FastAPI
from sqlalchemy import Column, select, text
from app.db import Base
app = FastAPI()
class Note(Base):
    __tablename__ = "notes"
    owner_id = Column()
@app.post("/{id}")
"""
DJANGO = """
from django.shortcuts import get_object_or_404
from django.db import models
class Note(models.Model):
    owner = models.ForeignKey("User")
"""
HANDLERS = {
    "the whole table": "async def f(current_user, db):\n    return db.query(Note).all()  # CW403",
    "the owner is named": "async def f(user, db):\n    db.query(Note).filter_by(owner_id=user.id)",
    "checked otherwise": "async def f(user, db):\n    check_permission(user)\n    db.query(Note).all()",
    "for administrators": "async def admin_notes(current_user, db):\n    return db.query(Note).all()",
    "nobody is known": "async def f(db):\n    return db.query(Note).all()",
    "by an id": "async def f(id: int, current_user, db):\n    return db.get(Note, id)  # CW404",
    "compared": """
        async def f(id: int, current_user, db):
            note = db.get(Note, id)
            if note.owner_id != current_user.id:
                raise KeyError
            return note
        """,
    "the user's own id": "async def f(current_user, db):\n    return db.get(Note, current_user.id)",
    "a dictionary": "async def f(id: int, current_user, table):\n    return table.get(id, None)",
    "an update": 'async def f(id, db):\n    db.execute(text("DELETE FROM notes WHERE id = :id"))  # CW405',
    "a part of what was looked up with its owner": """
        async def f(id, db):
            db.execute(text("SELECT 1 FROM projects WHERE id = :id AND tenant_id = :mine"))
            db.execute(text("SELECT count(*) FROM notes WHERE project_id = :id"))
        """,
    "a part of what was looked up without": """
        async def f(id, db):
            db.execute(text("SELECT 1 FROM projects WHERE id = :id"))
            db.execute(text("SELECT count(*) FROM notes WHERE project_id = :id"))  # CW405
        """,
    "a part of something else": """
        async def f(id, other, db):
            db.execute(text("SELECT 1 FROM projects WHERE id = :other AND tenant_id = :mine"))
            db.execute(text("SELECT count(*) FROM notes WHERE project_id = :id"))  # CW405
        """,
    "a clean-up": """
        async def f(db):
            return cleanup_stale(db)
        def cleanup_stale(db):
            db.execute(text("UPDATE notes SET old = 1"))
        """,
    "below a handler, no clean-up": """
        async def f(db):
            return mark(db)
        def mark(db):
            db.execute(text("UPDATE notes SET old = 1"))  # CW405
        """,
    "SQL for administrators": """
        @app.get("/admin/overview")
        async def g(db):
            db.execute(text("SELECT count(*) FROM notes"))
        """,
    "another table": 'async def f(id: int, db):\n    db.execute(text("SELECT * FROM news WHERE id = :id"))',
    "a table of users": """
        async def f(email, db):
            db.execute(text("SELECT id FROM users WHERE email = :email"))
        class User(Base):
            __tablename__ = "users"
            account_id = Column()
        """,
    "its owner": 'async def f(id, db):\n    db.execute(text("SELECT * FROM notes WHERE owner_id = :me"))',
    "within the workspace": """
        async def f(id: int, user, slug, db):
            return db.query(Note).filter_by(id=id, workspace__slug=slug)
        """,
    "the id of what was just made": """
        async def f(body, user, db):
            made = save(body)
            return db.get(Note, made.id)
        """,
    "the id in a body": "async def f(body, user, db):\n    return db.get(Note, body.note_id)  # CW404",
    "an id made a number": "async def f(id, user, db):\n    return db.get(Note, int(id))  # CW404",
    "one route of administrators": """
        @app.get("/admin/notes")
        async def every(user, db):
            return db.query(Note).all()
        """,
    "for an administrator who is asked for": """
        async def f(db, user=Depends(get_current_admin)):
            return db.query(Note).all()
        """,
    "refused to some": """
        async def f(id, user, db):
            note = db.get(Note, id)
            if not is_member(note, user):
                raise HTTPException(status_code=403)
            return note
        """,
    "refused by a constant's name": """
        async def f(id, user, db):
            note = db.get(Note, id)
            if not is_member(note, user):
                raise HTTPException(status.HTTP_403_FORBIDDEN)
            return note
        """,
    "the owner's key is compared": """
        class Event(Base):
            created_by_id = Column()
        @app.get("/events/{id}")
        async def g(id, user, db):
            event = db.get(Event, id)
            if event.created_by_id != user.id:
                raise KeyError
        """,
    "the owner's key is not": """
        class Event(Base):
            created_by_id = Column()
        @app.get("/events/{id}")
        async def g(id, user, db):
            return db.get(Event, id)  # CW404
        """,
    "nobody's row": 'async def f(current_user, db):\n    db.add(Note(text="x"))  # CW406',
    "nobody's row, by a name": """
        async def f(current_user, db):
            note = Note(text="x")  # CW406
            db.add(note)
        """,
    "a row that is only looked at": """
        async def f(current_user, db):
            note = Note(text="x")
            return render(note)
        """,
    "given": 'async def f(current_user, db):\n    db.add(Note(text="x", owner_id=current_user.id))',
    "a part of what is compared": """
        async def f(id, current_user, db):
            event = find(id)
            if event.created_by_id != current_user.id:
                raise KeyError
            db.query(Note).filter(Note.event_id == id).all()
        """,
    "compared with something else": """
        async def f(id, current_user, db):
            event = find(id)
            if event.created_by_id != 7:
                raise KeyError
            db.query(Note).filter(Note.event_id == id).all()  # CW403
        """,
    "loaded with the user before": """
        async def f(id, current_user, db):
            load_flow(id, db, current_user)
            return db.execute(select(Note).where(Note.flow == id))
        """,
    "loaded without the user": """
        async def f(id, current_user, db):
            load_flow(id, db)
            return db.execute(select(Note).where(Note.flow == id))  # CW403
        """,
    "another id was loaded": """
        async def f(id, other, current_user, db):
            load_flow(other, db, current_user)
            return db.execute(select(Note).where(Note.flow == id))  # CW403
        """,
    "below a handler, by what it is given": """
        async def f(id, current_user, db):
            return of_project(db, id, current_user)
        def of_project(db, project, current_user):
            return db.query(Note).filter_by(project=project).all()
        """,
    "below a handler, everything": """
        async def f(id, current_user, db):
            return of_all(db, current_user)
        def of_all(db, current_user):
            return db.query(Note).filter_by(kind="all").all()  # CW403
        """,
    "unpacked": "async def f(current_user, db, body):\n    db.add(Note(**body))",
}
VIEWS = {
    "a catalogue that outlives who added to it": """
        class Skill(models.Model):
            created_by = models.ForeignKey("User", on_delete=models.SET_NULL, null=True)
        def show(request):
            me = request.user
            return Skill.objects.filter(is_active=True)
        """,
    "rows that go with the person": """
        class Skill(models.Model):
            created_by = models.ForeignKey("User", on_delete=models.CASCADE)
        def show(request):
            me = request.user
            return Skill.objects.filter(is_active=True)  # CW403
        """,
    "objects.create": 'def add(request):\n    me = request.user\n    Note.objects.create(text="x")  # CW406',
    "404": "def show(request, pk):\n    me = request.user\n    get_object_or_404(Note, pk=pk)  # CW404",
    "permissions of the class": """
        from rest_framework.views import APIView
        class V(APIView):
            permission_classes = [IsMemberOfProject]
            def get(self, request, pk):
                return Note.objects.get(pk=pk, by=request.user and 1)
        """,
    "whoever is logged in": """
        from rest_framework.views import APIView
        class V(APIView):
            permission_classes = [IsAuthenticated]
            def get(self, request, pk):
                me = request.user
                return Note.objects.get(pk=pk)  # CW404
        """,
    "those whom everything belongs to": """
        class Workspace(models.Model):
            owner = models.ForeignKey("User")
        def show(request, pk):
            me = request.user
            return get_object_or_404(Workspace, pk=pk)
        """,
    "the owner's key is given": """
        def add(request):
            me = request.user
            Note.objects.create(text="x", owner_id=pick(3))
        """,
    "a serializer": """
        from rest_framework.serializers import ModelSerializer
        from rest_framework.views import APIView
        class NoteSerializer(ModelSerializer):
            owner = CharField()
        class V(APIView):
            def post(self, request):
                me = request.user
                s = NoteSerializer(data=request.data)
        """,
}


def cases() -> Iterator[object]:
    for head, texts in ((SQLALCHEMY, HANDLERS), (DJANGO, VIEWS)):
        for name, text in texts.items():
            yield pytest.param(head.lstrip("\n") + dedent(text).lstrip("\n") + "\n", id=name)


@pytest.mark.parametrize("source", [*cases()])
def test_each_line_is_found_by_the_rule_that_it_names(lines: Lines, source: str) -> None:
    found = {code: lines(rule, source) for code, rule in RULES.items()}
    marked = {
        code: [number for number, line in enumerate(source.splitlines(), 1) if line.endswith(f"# {code}")]
        for code in RULES
    }
    assert found == marked
