"""Owners that the client chooses."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "owner-from-request"
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
        from pydantic import BaseModel
        class NewNote(BaseModel):
            user_id: int
            text: str
        @app.post('/n')
        async def n(payload: NewNote, current_user=Depends(who), db=Depends(get_db)):
            db.add(Note(text=payload.text, user_id=payload.user_id))
        """,
        [16],
        id="insert owner from body: payload.user_id",
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
        from pydantic import BaseModel
        class NewNote(BaseModel):
            user_id: int
            text: str
        @app.post('/n')
        async def n(payload: NewNote, current_user=Depends(who), db=Depends(get_db)):
            db.add(Note(**payload.model_dump()))
        """,
        [16],
        id="insert owner from body: **payload.dict()",
    ),
    pytest.param(
        """
        from flask import Flask, request
        from flask_login import login_required, current_user
        from sqlalchemy import Column, Integer, String, select, update, delete, insert
        from app.db import Base
        class Note(Base):
            __tablename__='notes'
            id = Column(Integer, primary_key=True)
            user_id = Column(Integer)
            text = Column(String)
        app = Flask(__name__)
        @app.post('/n')
        @login_required
        def n():
            db.session.add(Note(text=request.json['text'], user_id=request.json['user_id']))
            return ''
        """,
        [14],
        id="insert owner from body: flask json",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        from django.contrib.auth.decorators import login_required
        @login_required
        def n(request):
            Note.objects.create(text=request.POST['t'], owner_id=request.POST['owner'])
            return JsonResponse({})
        """,
        [10],
        id="insert owner from body: django POST",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        from rest_framework.views import APIView
        class N(APIView):
            def post(self, request):
                Note.objects.create(text=request.data['t'], owner_id=request.data.get('owner_id'))
        """,
        [10],
        id="insert owner from body: drf request.data",
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
        from pydantic import BaseModel
        class NewNote(BaseModel):
            text: str
        @app.post('/n')
        async def n(payload: NewNote, current_user=Depends(who), db=Depends(get_db)):
            db.add(Note(text=payload.text, user_id=current_user.id))
        """,
        id="insert owner from body: payload.user_id",
    ),
    pytest.param(
        """
        from django.http import JsonResponse
        from django.db import models
        class Note(models.Model):
            owner = models.ForeignKey('auth.User', models.CASCADE)
        def add(request):
            check_permission(request.user, request.POST['owner'])
            Note.objects.create(owner_id=request.POST['owner'])
            return JsonResponse({})
        """,
        id="a permission is asked for",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        from sqlalchemy import Column, Integer
        from app.db import Base
        from app.users import CurrentUser
        app = FastAPI()
        class Note(Base):
            user_id = Column(Integer)
        @app.post('/notes')
        async def add(text: str, current_user: CurrentUser, db):
            db.add(Note(text=text, user_id=current_user.id))
        """,
        id="somebody whom an annotation's own name supplies",
    ),
    pytest.param(
        """
        from celery import shared_task
        from django.db import models
        class Visit(models.Model):
            user = models.ForeignKey('auth.User', models.CASCADE)
        @shared_task
        def visit(user_id, page):
            Visit.objects.create(user_id=user_id, page=page)
        """,
        id="a task's argument, which the service gives",
    ),
    pytest.param(
        """
        from django.db import models
        class Online(models.Model):
            user = models.ForeignKey('auth.User', models.CASCADE)
        def start_tracking(request, user):
            Online.objects.create(user=user)
        """,
        id="somebody found by the caller",
    ),
    pytest.param(
        """
        from django.db import models
        class AuditLog(models.Model):
            user = models.ForeignKey('auth.User', models.CASCADE)
        def remove(request):
            AuditLog.objects.create(request.user, request, 'removed', **request.GET)
        """,
        id="a manager's own way to make a row",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
