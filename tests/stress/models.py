"""The one table that everybody writes to."""

from sqlalchemy import Index
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of the tables under stress."""


class Note(Base):
    """A user's note."""

    __tablename__ = "stress_notes"
    __table_args__ = (Index("stress_notes_of_user", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    text: Mapped[str]
