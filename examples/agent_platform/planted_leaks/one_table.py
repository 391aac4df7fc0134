"""One database for all users, whose queries must each name the owner: what most services have.

Leaks of rows need it; the platform itself keeps one file for each user.
"""

import atexit
import tempfile
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import Depends
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import NullPool

from netra_backend.requests import RequestContext


class SharedBase(DeclarativeBase):
    """Base of the models of the one database."""


class Project(SharedBase):
    """A folder of notes, of whom `user_id` says."""

    __tablename__ = "projects"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]


class Note(SharedBase):
    """A note, of whom `user_id` says."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    text: Mapped[str]


@cache
def engine() -> AsyncEngine:
    """Make the database, in a folder that goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix="platform-leaks-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    file = Path(folder.name) / "everybody.sqlite3"
    setup = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    SharedBase.metadata.create_all(setup)
    setup.dispose()
    return create_async_engine(f"sqlite+aiosqlite:///{file}", poolclass=NullPool)


async def open_session() -> AsyncIterator[AsyncSession]:
    """Open a session for a request."""
    async with AsyncSession(engine(), expire_on_commit=False) as session:
        yield session


async def current_user(context: RequestContext) -> str:
    """Give who asks."""
    return context.user_id


Session = Annotated[AsyncSession, Depends(open_session)]
UserId = Annotated[str, Depends(current_user)]
