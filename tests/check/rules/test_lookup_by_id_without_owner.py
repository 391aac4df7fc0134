"""Rows, and things that a module keeps, found by an id from the request."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "lookup-by-id-without-owner"
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
        @app.get('/n/{id}')
        async def n(id: int, current_user, db):
            return await db.get(Note, id)
        """,
        [12],
        id="lookup by id: session.get",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        from django.shortcuts import get_object_or_404
        def n(request, pk):
            u = request.user
            return JsonResponse({'t': get_object_or_404(Note, pk=pk).text})
        """,
        [10],
        id="lookup by id: django get",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        from django.shortcuts import get_object_or_404
        from django.contrib.auth.decorators import login_required
        @login_required
        def n(request, pk):
            return JsonResponse({'t': get_object_or_404(Note, pk=pk).text})
        """,
        [11],
        id="lookup by id: login_required fbv",
    ),
    pytest.param(
        """
        from fastapi import FastAPI, Depends, Request
        app = FastAPI()
        documents = {}
        @app.get('/d/{doc_id}')
        async def d(doc_id: str, current_user=Depends(who)):
            return documents[doc_id]
        """,
        [6],
        id="lookup by id: dict store",
    ),
    pytest.param(
        """
        from fastapi import FastAPI, Depends, Request
        app = FastAPI()
        from app.store import store
        @app.get('/d/{doc_id}')
        async def d(doc_id: str, current_user=Depends(who)):
            return await store.get(doc_id)
        """,
        [6],
        id="lookup by id: store.get",
    ),
    pytest.param(
        """
        from django.db import models
        from django.shortcuts import get_object_or_404 as find
        class Letter(models.Model):
            owner = models.ForeignKey('auth.User', models.CASCADE)
        def letter(request, letter_id):
            return draw(find(Letter, pk=letter_id), request.user)
        """,
        [6],
        id="a look-up under another name",
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
        @app.get('/n/{id}')
        async def n(id: int, current_user, db):
            note = await db.get(Note, id)
            if note.user_id != current_user.id:
                raise X(404)
            return note
        """,
        id="lookup by id: session.get",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        from django.shortcuts import get_object_or_404
        def n(request, pk):
            return JsonResponse({'t': get_object_or_404(Note, pk=pk, owner=request.user).text})
        """,
        id="lookup by id: django get",
    ),
    pytest.param(
        """
        from fastapi import FastAPI, Depends, Request
        app = FastAPI()
        documents = {}
        @app.get('/d/{doc_id}')
        async def d(doc_id: str, current_user=Depends(who)):
            d = documents[doc_id]
            if d.owner_id != current_user.id:
                raise X(404)
            return d
        """,
        id="lookup by id: dict store",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
