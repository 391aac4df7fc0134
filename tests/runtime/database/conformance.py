"""What every storage is tried with: models of a small shop, and the ways to open each storage on them.

To have another storage tried, add a way to open it to `STORAGES`. The owner's column has a default: where one
file is one user nobody else fills it, and every other storage has to write over it.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint, make_url
from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column, relationship

from cellwall.runtime.database import EmbeddedStorage, Ownership, Storage
from cellwall.runtime.database.guard import GuardedEngine
from cellwall.runtime.database.rls import RowLevelSecurity, apply_policies


class Base(AsyncAttrs, DeclarativeBase):
    """Base of the shop's models."""


basket_tags = Table(
    "basket_tags",
    Base.metadata,
    Column("basket_id", ForeignKey("baskets.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
    Column("user_id", String(80), nullable=False, default="me"),
)


class Basket(Base):
    """What a user collects."""

    __tablename__ = "baskets"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(String(80), default="me")
    name: Mapped[str]
    price: Mapped[int] = mapped_column(default=0)
    lines: Mapped[list[Line]] = relationship(
        back_populates="basket", order_by="Line.id", cascade="all, delete-orphan"
    )
    tags: Mapped[list[Tag]] = relationship(secondary=basket_tags, back_populates="baskets", order_by="Tag.id")


class Line(Base):
    """A line in a basket; gifts are lines too."""

    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(String(80), default="me")
    kind: Mapped[str] = mapped_column(default="line")
    what: Mapped[str]
    basket_id: Mapped[int | None] = mapped_column(ForeignKey("baskets.id"))
    basket: Mapped[Basket | None] = relationship(back_populates="lines")

    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "line"}  # noqa: RUF012


class Gift(Line):
    """A line with a wish, in a table of its own."""

    __tablename__ = "gifts"

    id: Mapped[int] = mapped_column(ForeignKey("lines.id"), primary_key=True)
    user_id: Mapped[str] = column_property(Column("user_id", String(80), default="me"), Line.user_id)
    wish: Mapped[str]

    __mapper_args__ = {"polymorphic_identity": "gift"}  # noqa: RUF012


class Tag(Base):
    """A word on baskets; tags form a tree."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(String(80), default="me")
    word: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id"))
    children: Mapped[list[Tag]] = relationship(order_by="Tag.id")
    baskets: Mapped[list[Basket]] = relationship(secondary=basket_tags, back_populates="tags")


class Currency(Base):
    """Shared by everybody."""

    __tablename__ = "currencies"

    code: Mapped[str] = mapped_column(String(3), primary_key=True)
    rate: Mapped[int]


OWNERSHIP = Ownership(Base.metadata, shared={"currencies"})
CURRENCIES = [{"code": "EUR", "rate": 100}, {"code": "USD", "rate": 90}]

Open = Callable[[Path, Callable[[], str]], AbstractAsyncContextManager[Storage]]


async def _make_tables(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(Currency.__table__.insert(), CURRENCIES)


@asynccontextmanager
async def _guarded(engine: AsyncEngine) -> AsyncIterator[Storage]:
    await _make_tables(engine)
    try:
        yield GuardedEngine(engine, OWNERSHIP)
    finally:
        await engine.dispose()


@asynccontextmanager
async def embedded(folder: Path, postgres: Callable[[], str]) -> AsyncIterator[Storage]:
    """One file per user; what is shared elsewhere is not known there."""
    storage = EmbeddedStorage(folder / "rows")
    yield storage
    await storage.close()


@asynccontextmanager
async def guarded_sqlite(folder: Path, postgres: Callable[[], str]) -> AsyncIterator[Storage]:
    """The guard over a file."""
    async with _guarded(create_async_engine(f"sqlite+aiosqlite:///{folder / 'rows.sqlite3'}")) as storage:
        yield storage


@asynccontextmanager
async def guarded_asyncpg(folder: Path, postgres: Callable[[], str]) -> AsyncIterator[Storage]:
    """The guard over PostgreSQL by asyncpg."""
    async with _guarded(create_async_engine(postgres())) as storage:
        yield storage


@asynccontextmanager
async def guarded_psycopg(folder: Path, postgres: Callable[[], str]) -> AsyncIterator[Storage]:
    """The guard over PostgreSQL by psycopg."""
    url = make_url(postgres()).set(drivername="postgresql+psycopg")
    async with _guarded(create_async_engine(url)) as storage:
        yield storage


@asynccontextmanager
async def row_level_security(folder: Path, postgres: Callable[[], str]) -> AsyncIterator[Storage]:
    """PostgreSQL's own wall, by asyncpg."""
    admin = create_async_engine(postgres())
    role, word = f"shop_{secrets.token_hex(4)}", secrets.token_hex(8)
    await _make_tables(admin)
    async with admin.begin() as connection:
        await connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN PASSWORD '{word}'")
    await apply_policies(admin, OWNERSHIP, role=role)
    engine = create_async_engine(make_url(postgres()).set(username=role, password=word))
    try:
        yield RowLevelSecurity(engine, OWNERSHIP)
    finally:
        await engine.dispose()
        async with admin.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.exec_driver_sql(f"DROP OWNED BY {role} CASCADE")
            await connection.exec_driver_sql(f"DROP ROLE {role}")
        await admin.dispose()


STORAGES: dict[str, Open] = {
    "embedded": embedded,
    "guarded-sqlite": guarded_sqlite,
    "guarded-asyncpg": guarded_asyncpg,
    "guarded-psycopg": guarded_psycopg,
    "row-level-security": row_level_security,
}


async def fill(session: Any) -> None:
    """Write what most tests read: two baskets with lines and tags."""
    food, toys = Tag(word="food"), Tag(word="toys")
    food.children = [Tag(word="fruit")]
    session.add_all(
        [
            Basket(
                name="monday", price=5, lines=[Line(what="bread"), Gift(what="pear", wish="bon")], tags=[food]
            ),
            Basket(name="tuesday", price=7, lines=[Line(what="ball")], tags=[food, toys]),
            Basket(name="empty"),
        ]
    )
    await session.commit()
