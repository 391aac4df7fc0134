"""Rows of somebody queried without saying whose."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "query-without-owner"
FOUND = [
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
            return db.query(Note).all()
        """,
        [10],
        id="the whole table",
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
        @app.get("/")
        async def f(current_user, db):
            return db.query(Note).filter_by(owner_id=current_user.id)
        """,
        id="the owner is named",
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
            check_permission(current_user)
            return db.query(Note).all()
        """,
        id="checked otherwise",
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
        async def admin_notes(current_user, db):
            return db.query(Note).all()
        """,
        id="for administrators",
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
        async def f(db):
            return db.query(Note).all()
        """,
        id="nobody is known",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
