"""A guarded SQLite file with a folder and a note of Ada's and of Bob's, and a look past the guard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, synonym

from cellwall import RequestSession
from cellwall.runtime.database import Owner, Ownership
from cellwall.runtime.database.guard import GuardedEngine

ADA, BOB = Owner("user", "ada"), Owner("user", "bob")


class Base(AsyncAttrs, DeclarativeBase):
    """Base of the models under test."""


class Folder(Base):
    """Something owned that others point to; its owner goes by another name in Python."""

    __tablename__ = "folders"
    __table_args__ = (UniqueConstraint("user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column("user_id")
    whose = synonym("owner")
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id"))
    notes: Mapped[list[Note]] = relationship(back_populates="folder")


class Note(Base):
    """Something owned that points to something owned, by the number alone."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    text: Mapped[str] = mapped_column(unique=True)
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id"))
    folder: Mapped[Folder | None] = relationship(back_populates="notes")


class Pin(Base):
    """Something owned that takes the owner along to where it points."""

    __tablename__ = "pins"
    __table_args__ = (ForeignKeyConstraint(["user_id", "folder_id"], ["folders.user_id", "folders.id"]),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    folder_id: Mapped[int]


class Currency(Base):
    """Something of nobody."""

    __tablename__ = "currencies"

    code: Mapped[str] = mapped_column(primary_key=True)


@dataclass
class Guarded:
    """The guard, the models, and a look past the guard."""

    engine: AsyncEngine
    storage: GuardedEngine
    admin: AsyncEngine
    Folder: Any = Folder
    Note: Any = Note
    Pin: Any = Pin
    Currency: Any = Currency

    async def open(self, owner: Owner = ADA) -> RequestSession:
        """Open a session of Ada's."""
        return await self.storage.open(owner, "request")

    async def seen(self, sql: str) -> list[tuple[Any, ...]]:
        """Read past the guard."""
        async with self.admin.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(sql))]


@pytest.fixture
def ownership() -> Ownership:
    return Ownership(Base.metadata, shared={"currencies"})


@pytest.fixture
async def guarded(tmp_path: Path, ownership: Ownership) -> AsyncIterator[Guarded]:
    """Folders 1 (ada) and 2 (bob), notes 1 and 2 in them, the euro."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'rows.sqlite3'}"
    admin = create_async_engine(url)
    async with admin.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        for number, user in ((1, "ada"), (2, "bob")):
            values = {"number": number, "user": user, "text": f"{user}'s"}
            await connection.execute(text("INSERT INTO folders VALUES (:number, :user, :text, NULL)"), values)
            await connection.execute(
                text("INSERT INTO notes VALUES (:number, :user, :text, :number)"), values
            )
        await connection.execute(text("INSERT INTO currencies VALUES ('EUR')"))
    engine = create_async_engine(url)
    yield Guarded(engine, GuardedEngine(engine, ownership), admin)
    await engine.dispose()
    await admin.dispose()


@pytest.fixture
async def session(guarded: Guarded) -> AsyncIterator[RequestSession]:
    """A session of Ada's."""
    session = await guarded.open()
    yield session
    await session.close()


@pytest.fixture
def sql_of(guarded: Guarded) -> Callable[[Any], str]:
    """Give the SQL that the guard makes of a statement, on one line."""
    return lambda statement: " ".join(str(statement.compile(guarded.engine.sync_engine)).split())


Seen = Callable[[str], Awaitable[list[tuple[Any, ...]]]]
