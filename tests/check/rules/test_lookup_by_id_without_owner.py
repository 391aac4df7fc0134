"""One row of somebody by its id."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "lookup-by-id-without-owner"
FOUND = [
    pytest.param(
        """
        from django.shortcuts import get_object_or_404
        from django.db import models
        class Note(models.Model):
            owner = models.ForeignKey("User")
        def show(request, pk):
            me = request.user
            return get_object_or_404(Note, pk=pk)
        """,
        [7],
        id="django",
    ),
]
SILENT = [
    pytest.param(
        """
        from fastapi import FastAPI
        from sqlalchemy import Column, select, text
        from app.db import Base
        app = FastAPI()
        class Note(Base):
            __tablename__ = "notes"
            owner_id = Column()
        @app.get("/{id}")
        async def f(id: int, current_user, db):
            note = db.get(Note, id)
            if note.owner_id != current_user.id:
                raise KeyError
            return note
        """,
        id="compared",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        from sqlalchemy import Column, select, text
        from app.db import Base
        app = FastAPI()
        class Note(Base):
            __tablename__ = "notes"
            owner_id = Column()
        @app.get("/")
        async def f(current_user, db):
            return db.get(Note, current_user.id)
        """,
        id="the user's own id",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        from sqlalchemy import Column, select, text
        from app.db import Base
        app = FastAPI()
        class Note(Base):
            __tablename__ = "notes"
            owner_id = Column()
        @app.get("/{id}")
        async def f(id: int, current_user, table):
            return table.get(id, None)
        """,
        id="a dictionary",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
