"""Rows that are made without an owner."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "insert-without-owner"
FOUND = [
    pytest.param(
        """
        from sqlalchemy import Column, Integer, String, select, update, delete, insert
        from app.db import Base
        class Note(Base):
            __tablename__='notes'
            id = Column(Integer, primary_key=True)
            user_id = Column(Integer)
            text = Column(String)
        from fastapi import FastAPI, Depends, Request
        app = FastAPI()
        @app.post('/n')
        async def n(text: str, current_user, db):
            db.add(Note(text=text))
        """,
        [12],
        id="insert w/o owner: plain",
    ),
    pytest.param(
        """
        from sqlalchemy import Column, Integer, String, select, update, delete, insert
        from app.db import Base
        class Note(Base):
            __tablename__='notes'
            id = Column(Integer, primary_key=True)
            user_id = Column(Integer)
            text = Column(String)
        from fastapi import FastAPI, Depends, Request
        app = FastAPI()
        @app.post('/n')
        async def n(text: str, current_user, db):
            await db.execute(insert(Note).values(text=text))
        """,
        [12],
        id="insert w/o owner: core insert",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        def n(request):
            u = request.user
            Note.objects.create(text=request.POST['t'])
            return JsonResponse({})
        """,
        [9],
        id="insert w/o owner: django create",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        def n(request):
            u = request.user
            note = Note(text=request.POST['t'])
            note.save()
            return JsonResponse({})
        """,
        [9],
        id="insert w/o owner: django form save",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        def n(request):
            u = request.user
            Note.objects.bulk_create([Note(text=t) for t in request.POST.getlist('t')])
            return JsonResponse({})
        """,
        [9],
        id="insert w/o owner: bulk_create",
    ),
]
SILENT = [
    pytest.param(
        """
        from sqlalchemy import Column, Integer, String, select, update, delete, insert
        from app.db import Base
        class Note(Base):
            __tablename__='notes'
            id = Column(Integer, primary_key=True)
            user_id = Column(Integer)
            text = Column(String)
        from fastapi import FastAPI, Depends, Request
        app = FastAPI()
        @app.post('/n')
        async def n(text: str, current_user, db):
            await db.execute(insert(Note).values(text=text, user_id=current_user.id))
        """,
        id="insert w/o owner: core insert",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
