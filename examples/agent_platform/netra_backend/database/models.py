"""What the platform keeps of its users.

`user_id` says whose a row is where all users share a database, and is written by the runtime's guard. In a file
for each user, the file says it and the column stays empty.
"""

from datetime import UTC, datetime

from sqlalchemy import DateTime, ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of the platform's models."""


class Thread(Base):
    """A conversation with an agent."""

    __tablename__ = "threads"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(Text, default="", index=True)
    title: Mapped[str] = mapped_column(String(200))
    agent: Mapped[str] = mapped_column(String(50), default="triage")
    archived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))


class Message(Base):
    """One turn of a conversation."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(Text, default="", index=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), index=True)
    author: Mapped[str] = mapped_column(String(20))
    text: Mapped[str]


class Project(Base):
    """A folder of notes."""

    __tablename__ = "projects"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(Text, default="", index=True)
    name: Mapped[str] = mapped_column(String(100))


class Note(Base):
    """Something a user wrote down, in a project or in none."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(Text, default="", index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"), index=True)
    text: Mapped[str]
