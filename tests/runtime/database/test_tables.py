"""Tables appear where they are first used, and a rollback takes them back."""

from typing import Any

from sqlalchemy import ForeignKey, Table, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from cellwall import RequestScopedSessionManager, UserExecutionContext


async def test_a_rollback_takes_them_back_and_they_come_again(
    manager: RequestScopedSessionManager, item: Any, ada: UserExecutionContext
) -> None:
    async with manager.session(ada) as session:
        session.add(item(name="x"))
        await session.flush()
        await session.rollback()
        assert await session.query(item).count() == 0
        session.add(item(name="y"))
        await session.commit()
    async with manager.session(ada) as session:
        assert (await session.query(item).one()).name == "y"


async def test_core_statements_find_their_tables(
    manager: RequestScopedSessionManager, item: Any, ada: UserExecutionContext
) -> None:
    table: Table = item.__table__
    async with manager.session(ada) as session:
        assert (await session.execute(select(table))).all() == []
        await session.execute(insert(table).values(name="by core"))
        await session.commit()
    async with manager.session(ada) as session:
        assert (await session.execute(select(table.c.name))).scalars().all() == ["by core"]


async def test_a_model_that_came_later(
    manager: RequestScopedSessionManager, ada: UserExecutionContext
) -> None:
    class Base(DeclarativeBase):
        pass

    class First(Base):
        __tablename__ = "first"
        id: Mapped[int] = mapped_column(primary_key=True)

    async with manager.session(ada) as session:
        session.add(First())
        await session.commit()

    class Second(Base):
        __tablename__ = "second"
        id: Mapped[int] = mapped_column(primary_key=True)
        first_id: Mapped[int] = mapped_column(ForeignKey("first.id"))

    async with manager.session(ada) as session:
        assert await session.query(Second).all() == []
        assert await session.query(First).count() == 1
