"""Queries in the old style, awaited."""

from typing import Any

import pytest
from sqlalchemy.exc import MultipleResultsFound, NoResultFound

from cellwall import RequestScopedSessionManager, RequestSession, UserExecutionContext


@pytest.fixture
async def session(manager: RequestScopedSessionManager, item: Any, ada: UserExecutionContext) -> Any:
    async with manager.session(ada) as session:
        session.add_all([item(name=name) for name in ("b", "a", "c", "a")])
        yield session


async def test_reads(session: RequestSession, item: Any) -> None:
    query = session.query(item)
    assert [row.name for row in await query.order_by(item.name, item.id).all()] == ["a", "a", "b", "c"]
    first = await query.order_by(item.id.desc()).first()
    assert first is not None and first.name == "a"
    assert (await query.filter_by(name="b").one()).name == "b"
    assert await query.count() == 4
    assert await query.order_by(item.name).filter(item.name > "a", item.name < "c").count() == 1


async def test_narrowing_gives_a_new_query(session: RequestSession, item: Any) -> None:
    query = session.query(item)
    query.filter_by(name="b")
    assert await query.count() == 4


async def test_nothing_or_too_much(session: RequestSession, item: Any) -> None:
    assert await session.query(item).filter_by(name="z").first() is None
    assert await session.query(item).filter_by(name="z").all() == []
    with pytest.raises(NoResultFound):
        await session.query(item).filter_by(name="z").one()
    with pytest.raises(MultipleResultsFound):
        await session.query(item).filter_by(name="a").one()
