"""A model and a manager whose files are the test's own."""

from pathlib import Path

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from cellwall import RequestScopedSessionManager


class Base(DeclarativeBase):
    """Base of the models under test."""


class Item(Base):
    """Something that a user owns."""

    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Part(Base):
    """A part of an item."""

    __tablename__ = "parts"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))


@pytest.fixture
def item() -> type[Item]:
    return Item


@pytest.fixture
def part() -> type[Part]:
    return Part


@pytest.fixture
def manager(tmp_path: Path) -> RequestScopedSessionManager:
    return RequestScopedSessionManager(tmp_path / "rows")
