"""Rows that are nobody's."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "insert-without-owner"
FOUND = [
    pytest.param(
        """
        from django.db import models
        class Note(models.Model):
            owner = models.ForeignKey("User")
        def add(request):
            me = request.user
            Note.objects.create(text="x")
        """,
        [6],
        id="objects.create",
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
        @app.post("/")
        async def f(current_user, db):
            db.add(Note(text="x", owner_id=current_user.id))
        """,
        id="given",
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
        @app.post("/")
        async def f(current_user, db, body):
            db.add(Note(**body))
        """,
        id="unpacked",
    ),
    pytest.param(
        """
        from rest_framework.serializers import ModelSerializer
        from rest_framework.views import APIView
        class NoteSerializer(ModelSerializer):
            owner = CharField()
        class V(APIView):
            def post(self, request):
                me = request.user
                s = NoteSerializer(data=request.data)
        """,
        id="a serializer with the model's name in it",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
