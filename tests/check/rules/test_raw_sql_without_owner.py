"""SQL on tables whose rows have owners."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "raw-sql-without-owner"
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
        @app.get("/{id}")
        async def f(id: int, db):
            db.execute(text("UPDATE notes SET read = 1 WHERE id = :id"))
        """,
        [10],
        id="an update",
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
        async def f(id: int, db):
            db.execute(text("SELECT * FROM news WHERE id = :id"))
        """,
        id="another table",
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
        async def f(id: int, db):
            db.execute(text("SELECT * FROM notes WHERE owner_id = :me"))
        """,
        id="the owner is named",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
