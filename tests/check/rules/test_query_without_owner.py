"""Queries and views of everybody's rows."""

from collections.abc import Callable

import pytest

from cellwall.check.engine import check_source
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings

Lines = Callable[..., list[int]]
RULE = "query-without-owner"
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
        @app.get('/n')
        async def n(current_user, db):
            return (await db.execute(select(Note))).scalars().all()
        """,
        [12],
        id="query w/o owner: select",
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
        @app.get('/n')
        def n(current_user, db):
            return db.query(Note).filter(Note.text == 'x').all()
        """,
        [12],
        id="query w/o owner: query()",
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
        @app.post('/n/{id}')
        async def n(id: int, current_user, db):
            await db.execute(update(Note).where(Note.id == id).values(text='x'))
        """,
        [12],
        id="query w/o owner: update",
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
        @app.delete('/n/{id}')
        async def n(id: int, current_user, db):
            await db.execute(delete(Note).where(Note.id == id))
        """,
        [12],
        id="query w/o owner: delete",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        def notes(request):
            u = request.user
            return JsonResponse(list(Note.objects.all().values()), safe=False)
        """,
        [9],
        id="query w/o owner: django objects",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        def rm(request, pk):
            u = request.user
            Note.objects.filter(pk=pk).delete()
            return JsonResponse({})
        """,
        [9],
        id="query w/o owner: django delete",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        from rest_framework import viewsets, permissions
        class NoteViewSet(viewsets.ModelViewSet):
            queryset = Note.objects.all()
            permission_classes = [permissions.IsAuthenticated]
        """,
        [9],
        id="query w/o owner: drf queryset",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        from rest_framework import viewsets
        class NoteViewSet(viewsets.ModelViewSet):
            def get_queryset(self):
                u = self.request.user
                return Note.objects.all()
        """,
        [11],
        id="query w/o owner: drf get_queryset",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        from django.views.generic import ListView
        from django.contrib.auth.mixins import LoginRequiredMixin
        class Notes(LoginRequiredMixin, ListView):
            model = Note
        """,
        [10],
        id="query w/o owner: cbv ListView model",
    ),
    pytest.param(
        """
        from flask import Flask
        from flask_login import login_required
        from sqlalchemy import Column, Integer
        from app.db import Base
        app = Flask(__name__)
        class Call(Base):
            customer_id = Column(Integer)
        @app.get('/calls')
        @login_required
        def calls():
            return Call.query.filter(Call.open).all()
        """,
        [11],
        id="no word of anybody but a login",
    ),
    pytest.param(
        """
        from typing import Annotated
        from fastapi import Depends, FastAPI
        from sqlalchemy import Column, Integer, select
        from app.db import Base
        app = FastAPI()
        class Letter(Base):
            owner_id = Column(Integer)
        @app.get('/all')
        async def all_of(db, me=Depends(get_current_user)):
            return db.execute(select(Letter)).all()
        @app.get('/more')
        async def more(db, me: Annotated[object, Depends(auth.current_user)]):
            return db.execute(select(Letter)).all()
        """,
        [10, 13],
        id="who asks, under another name",
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
        @app.get('/n')
        async def n(current_user, db):
            return (await db.execute(select(Note).where(Note.user_id == current_user.id))).scalars().all()
        """,
        id="query w/o owner: select",
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
        @app.post('/n/{id}')
        async def n(id: int, current_user, db):
            mine = Note.id == id, Note.user_id == current_user.id
            await db.execute(update(Note).where(*mine).values(text='x'))
        """,
        id="query w/o owner: update",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        def notes(request):
            return JsonResponse(list(Note.objects.filter(owner=request.user).values()), safe=False)
        """,
        id="query w/o owner: django objects",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        class Note(models.Model):
            owner = models.ForeignKey(User, on_delete=models.CASCADE)
            text = models.TextField()
        from rest_framework import viewsets, permissions
        class NoteViewSet(viewsets.ModelViewSet):
            permission_classes = [permissions.IsAuthenticated]
            def get_queryset(self):
                return Note.objects.filter(owner=self.request.user)
        """,
        id="query w/o owner: drf queryset",
    ),
    pytest.param(
        """
        from django.db import models
        from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
        from django.views.generic import ListView
        class Gym(models.Model):
            owner = models.ForeignKey('auth.User', models.CASCADE)
        class Gyms(LoginRequiredMixin, PermissionRequiredMixin, ListView):
            model = Gym
            permission_required = 'gym.manage_gyms'
        """,
        id="a view that asks for a permission",
    ),
    pytest.param(
        """
        from flask import Flask
        from flask_login import login_required
        from sqlalchemy import Column, Integer
        from app.db import Base
        app = Flask(__name__)
        class Call(Base):
            customer_id = Column(Integer)
            business_id = Column(Integer)
        @app.get('/calls')
        @login_required
        def calls():
            mine = Call.query.filter(Call.business_id == business()).all()
            return [*mine, *Call.query.filter_by(business_id=business())]
        """,
        id="the rows of a business, whoever of it asks",
    ),
    pytest.param(
        """
        from flask import Flask
        from flask_login import login_required
        from sqlalchemy import Column, Integer
        from app.db import Base
        app = Flask(__name__)
        class Group(Base):
            owner = Column(Integer)
        @app.get('/groups')
        @login_required
        def groups():
            user_is_admin_and_instructor()
            return Group.query.all()
        """,
        id="a function that lets in administrators alone",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []


@pytest.mark.parametrize(("bases", "severity"), [("", "warning"), ("OwnedMixin, ", "info")])
def test_what_another_base_asks_for_is_not_seen(settings: CheckSettings, bases: str, severity: str) -> None:
    source = (
        "from django.db import models\nfrom django.contrib.auth.mixins import LoginRequiredMixin\n"
        "from django.views.generic import DeleteView\nfrom app.views import OwnedMixin\n\n\n"
        "class Image(models.Model):\n    user = models.ForeignKey('auth.User', models.CASCADE)\n\n\n"
        f"class Delete({bases}LoginRequiredMixin, DeleteView):\n    model = Image\n"
    )
    report = check_source("app/a.py", source.encode(), settings._replace(rules=(RULE,)), ProjectFacts())
    assert [finding.severity.value for finding in report.findings] == [severity]
