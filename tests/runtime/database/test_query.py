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


async def test_what_users_expect_of_a_query(session: RequestSession, item: Any) -> None:
    query = session.query(item).order_by(item.name, item.id)
    first = await query.first()
    assert first is not None and await query.get(first.id) is first
    assert await query.get(4711) is None
    assert [row.name for row in await query.offset(1).limit(2).all()] == ["a", "b"]
    assert await query.filter_by(name="b").one_or_none() is not None
    assert await query.filter_by(name="z").one_or_none() is None
    with pytest.raises(MultipleResultsFound):
        await query.filter_by(name="a").one_or_none()
    assert await query.filter_by(name="b").exists()
    assert not await query.filter_by(name="z").exists()


async def test_joins(session: RequestSession, item: Any, part: Any) -> None:
    first = await session.query(item).filter_by(name="b").one()
    session.add_all([part(item_id=first.id), part(item_id=first.id)])
    joined = session.query(item).join(part, part.item_id == item.id)
    assert [row.name for row in await joined.all()] == ["b"], "a row found twice is given once"
