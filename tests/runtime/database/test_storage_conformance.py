"""Every storage does what applications do every day, with the same results, for users beside each other."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, contains_eager, defer, joinedload, selectinload, subqueryload
from sqlalchemy.types import String

from cellwall import RequestScopedSessionManager, RequestSession, UserExecutionContext

sys.path.insert(0, str(Path(__file__).parent))
from conformance import STORAGES, Basket, Currency, Gift, Line, Tag, basket_tags, fill

Manager = RequestScopedSessionManager


@pytest.fixture(params=sorted(STORAGES))
async def manager(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Manager]:
    """A manager over each storage in turn, with rows of Bob's that Ada never sees."""
    if request.param not in ("embedded", "guarded-sqlite"):
        request.getfixturevalue("postgres_url")
    async with STORAGES[request.param](tmp_path, lambda: request.getfixturevalue("postgres_url")) as storage:
        manager = Manager(storage=storage)
        async with manager.session(UserExecutionContext.create_for_user("bob")) as session:
            await fill(session)
        yield manager
        async with manager.session(UserExecutionContext.create_for_user("bob")) as session:
            assert await session.scalar(select(func.count(Basket.id))) == 3, "Bob's rows are as they were"
            assert await session.scalar(select(func.sum(Basket.price))) == 12


@pytest.fixture
async def session(manager: Manager, ada: UserExecutionContext) -> AsyncIterator[RequestSession]:
    async with manager.session(ada) as session:
        await fill(session)
        yield session


def insert_for(session: RequestSession) -> Any:
    """Give the dialect's own insert, which knows upserts."""
    if session.sync_session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as own
    else:
        from sqlalchemy.dialects.sqlite import insert as own
    return own


async def names(session: RequestSession) -> list[str]:
    return list(await session.scalars(select(Basket.name).order_by(Basket.name)))


async def test_create_read_change_delete(manager: Manager, ada: UserExecutionContext) -> None:
    async with manager.session(ada) as session:
        basket = Basket(name="new")
        session.add(basket)
        await session.flush()
        assert await session.get(Basket, basket.id) is basket
        basket.price = 9
        await session.commit()
    async with manager.session(UserExecutionContext.create_for_user("ada")) as session:
        again = await session.query(Basket).one()
        assert (again.name, again.price) == ("new", 9)
        await session.refresh(again)
        await session.delete(again)
        await session.commit()
        assert await session.query(Basket).all() == []


async def test_queries_in_the_old_style(session: RequestSession) -> None:
    query = session.query(Basket)
    assert await query.count() == 3
    assert [b.name for b in await query.order_by(Basket.price.desc()).limit(2).all()] == ["tuesday", "monday"]
    assert (await query.filter(Basket.price > 6).one()).name == "tuesday"
    assert await query.filter_by(name="nobody's").one_or_none() is None
    assert await query.filter_by(name="empty").exists()
    assert len(await query.options(joinedload(Basket.lines)).all()) == 3


async def test_joins_aliases_and_subqueries(session: RequestSession) -> None:
    joined = select(Basket.name, Line.what).join(Line).order_by(Line.id)
    assert (await session.execute(joined)).all() == [
        ("monday", "bread"),
        ("monday", "pear"),
        ("tuesday", "ball"),
    ]
    outer = select(Basket.name, Line.what).outerjoin(Line).where(Basket.name == "empty")
    assert (await session.execute(outer)).all() == [("empty", None)]
    other = aliased(Basket)
    dearer = select(Basket.name, other.name).join(other, other.price > Basket.price)
    assert set(await session.execute(dearer)) == {
        ("empty", "monday"),
        ("empty", "tuesday"),
        ("monday", "tuesday"),
    }
    cheap = select(Basket.id).where(Basket.price < 6).subquery()
    assert (
        await session.scalar(select(func.count()).select_from(Line).join(cheap, Line.basket_id == cheap.c.id))
        == 2
    )
    page = select(Basket).order_by(Basket.name).limit(2).cte("page")
    assert list(await session.scalars(select(page.c.name).order_by(page.c.name))) == ["empty", "monday"]
    full = exists().where(Line.basket_id == Basket.id)
    assert list(await session.scalars(select(Basket.name).where(~full))) == ["empty"]
    lines = select(func.count(Line.id)).where(Line.basket_id == Basket.id).scalar_subquery()
    counted = select(Basket.name, lines).order_by(Basket.name)
    assert (await session.execute(counted)).all() == [("empty", 0), ("monday", 2), ("tuesday", 1)]
    both = union_all(select(Basket.name), select(Line.what)).subquery()
    assert await session.scalar(select(func.count()).select_from(both)) == 6


async def test_grouping_sorting_windows_and_functions(session: RequestSession) -> None:
    grouped = select(Basket, func.count(Line.id)).outerjoin(Line).group_by(Basket.id).order_by(Basket.name)
    assert [(b.name, n) for b, n in await session.execute(grouped)] == [
        ("empty", 0),
        ("monday", 2),
        ("tuesday", 1),
    ]
    having = select(Basket.name).join(Line).group_by(Basket.name).having(func.count() > 1)
    assert list(await session.scalars(having)) == ["monday"]
    rank = func.row_number().over(order_by=Basket.price.desc())
    assert (await session.execute(select(Basket.name, rank).order_by(rank))).first() == ("tuesday", 1)
    kind = case((Basket.price > 6, "dear"), else_="cheap")
    assert await session.scalar(select(func.count()).where(kind == "dear").select_from(Basket)) == 1
    words = select(func.upper(Basket.name) + literal("!")).where(
        or_(Basket.price == 5, and_(Basket.price == 7))
    )
    assert set(await session.scalars(words)) == {"MONDAY!", "TUESDAY!"}
    assert await session.scalar(select(cast(func.max(Basket.price), String(5)))) == "7"
    assert await session.scalar(select(literal_column("1"))) == 1
    assert (await session.scalars(select(Basket.name).distinct().order_by(text("name")))).first() == "empty"
    either = select(Basket.name).where(tuple_(Basket.name, Basket.price).in_([("monday", 5), ("tuesday", 1)]))
    assert list(await session.scalars(either)) == ["monday"]


@pytest.mark.parametrize("load", [joinedload, selectinload, subqueryload])
async def test_relationships_are_loaded(load: Any, session: RequestSession) -> None:
    session.expunge_all()
    query = select(Basket).options(load(Basket.lines), load(Basket.tags)).order_by(Basket.name)
    loaded = (await session.scalars(query)).unique().all()
    assert [(b.name, len(b.lines), len(b.tags)) for b in loaded] == [
        ("empty", 0, 0),
        ("monday", 2, 1),
        ("tuesday", 1, 2),
    ]


async def test_lazy_deferred_and_expired_attributes(session: RequestSession) -> None:
    session.expunge_all()
    basket = (
        await session.scalars(select(Basket).where(Basket.name == "tuesday").options(defer(Basket.price)))
    ).one()
    assert await basket.awaitable_attrs.price == 7
    assert [line.what for line in await basket.awaitable_attrs.lines] == ["ball"]
    session.expire(basket)
    assert await basket.awaitable_attrs.name == "tuesday"
    eager = select(Basket).join(Basket.lines).options(contains_eager(Basket.lines)).where(Line.what == "pear")
    again = (await session.scalars(eager.execution_options(populate_existing=True))).unique().one()
    assert [line.what for line in again.lines] == ["pear"]


async def test_trees_and_inheritance(session: RequestSession) -> None:
    session.expunge_all()
    food = (
        await session.scalars(select(Tag).where(Tag.word == "food").options(selectinload(Tag.children)))
    ).one()
    assert [tag.word for tag in food.children] == ["fruit"]
    tree = select(Tag.id, Tag.word).where(Tag.parent_id.is_(None)).cte("tree", recursive=True)
    tree = tree.union_all(select(Tag.id, Tag.word).join(tree, Tag.parent_id == tree.c.id))
    assert set(await session.scalars(select(tree.c.word))) == {"food", "toys", "fruit"}
    gift = (await session.scalars(select(Gift))).one()
    assert (gift.what, gift.wish) == ("pear", "bon")
    assert [type(line).__name__ for line in await session.scalars(select(Line).order_by(Line.id))] == [
        "Line",
        "Gift",
        "Line",
    ]
    gift.what, gift.wish = "plum", "soon"
    await session.commit()
    session.expunge_all()
    assert (await session.query(Gift).one()).what == "plum"


async def test_relationships_are_written(session: RequestSession) -> None:
    session.expunge_all()
    query = select(Basket).options(selectinload(Basket.lines), selectinload(Basket.tags))
    monday = (await session.scalars(query.where(Basket.name == "monday"))).one()
    toys = (await session.scalars(select(Tag).where(Tag.word == "toys"))).one()
    monday.tags.append(toys)
    monday.lines.append(Line(what="milk"))
    del monday.lines[0]
    await session.commit()
    session.expunge_all()
    again = (await session.scalars(query.where(Basket.name == "monday"))).one()
    assert [line.what for line in again.lines] == ["pear", "milk"]
    assert [tag.word for tag in again.tags] == ["food", "toys"]
    again.tags.clear()
    await session.delete(again)
    await session.commit()
    assert await names(session) == ["empty", "tuesday"]


async def test_core_statements(session: RequestSession) -> None:
    table: Any = Basket.__table__
    await session.execute(insert(table).values(name="one", price=1))
    await session.execute(insert(table), [{"name": "two", "price": 2}, {"name": "three", "price": 3}])
    await session.execute(insert(table).values([{"name": "four", "price": 4}, {"name": "five", "price": 5}]))
    copied = select(literal("copy of ") + table.c.name, table.c.price).where(table.c.price == 1)
    await session.execute(insert(table).from_select(["name", "price"], copied))
    await session.execute(update(table).where(table.c.name == "two").values(price=table.c.price * 10))
    many = update(table).where(table.c.name == bindparam("which")).values(price=bindparam("now"))
    await session.execute(
        many,
        [{"which": "four", "now": 40}, {"which": "five", "now": 50}],
        execution_options={"synchronize_session": None},
    )
    old = select(table.c.id).where(table.c.name.in_(["monday", "tuesday", "empty"]))
    await session.execute(delete(basket_tags).where(basket_tags.c.basket_id.in_(old)))
    await session.execute(update(Line.__table__).values(basket_id=None))
    await session.execute(delete(table).where(table.c.id.in_(old)))
    rows = (
        await session.execute(select(table.c.name, table.c.price).order_by(table.c.price, table.c.name))
    ).all()
    assert rows == [("copy of one", 1), ("one", 1), ("three", 3), ("two", 20), ("four", 40), ("five", 50)]


async def test_bulk_and_returning(session: RequestSession) -> None:
    made = await session.scalars(insert(Basket).returning(Basket), [{"name": f"bulk {n}"} for n in range(3)])
    assert sorted(basket.name for basket in made) == ["bulk 0", "bulk 1", "bulk 2"]
    changed = update(Basket).where(Basket.name.like("bulk%")).values(price=8).returning(Basket.name)
    assert len((await session.execute(changed)).all()) == 3
    ids = list(await session.scalars(select(Basket.id).where(Basket.price == 8).order_by(Basket.id)))
    await session.execute(update(Basket), [{"id": key, "price": 80 + n} for n, key in enumerate(ids)])
    assert set(await session.scalars(select(Basket.price).where(Basket.price >= 80))) == {80, 81, 82}
    gone = delete(Basket).where(Basket.price >= 80).returning(Basket.id)
    assert sorted(await session.scalars(gone)) == ids
    await session.run_sync(lambda s: s.bulk_insert_mappings(Basket, [{"name": "mapped"}]))
    await session.run_sync(lambda s: s.bulk_save_objects([Basket(name="saved")]))
    assert {"mapped", "saved"} <= set(await names(session))


async def test_upserts(session: RequestSession) -> None:
    own = insert_for(session)
    row = own(Basket).values(name="monday", price=50)
    await session.execute(
        row.on_conflict_do_update(index_elements=["user_id", "name"], set_={"price": row.excluded.price})
    )
    await session.execute(own(Basket).values(name="tuesday", price=1).on_conflict_do_nothing())
    await session.execute(own(Basket).values(name="friday", price=9).on_conflict_do_nothing())
    rows = (await session.execute(select(Basket.name, Basket.price).order_by(Basket.name))).all()
    assert rows == [("empty", 0), ("friday", 9), ("monday", 50), ("tuesday", 7)]


async def test_merge(session: RequestSession) -> None:
    monday = (await session.scalars(select(Basket).where(Basket.name == "monday"))).one()
    session.expunge_all()
    await session.merge(Basket(id=monday.id, name="monday", price=55))
    await session.merge(Basket(name="merged"))
    await session.commit()
    session.expunge_all()
    assert (await session.get_one(Basket, monday.id)).price == 55
    assert "merged" in await names(session)


async def test_detached_objects_come_back(session: RequestSession) -> None:
    monday = (await session.scalars(select(Basket).where(Basket.name == "monday"))).one()
    session.expunge(monday)
    monday.price = 66
    session.add(monday)
    session.add(Line(what="again", basket_id=monday.id))
    await session.commit()
    assert await session.scalar(select(Basket.price).where(Basket.name == "monday")) == 66


async def test_savepoints_and_rollback(session: RequestSession) -> None:
    session.add(Basket(name="kept"))
    with pytest.raises(IntegrityError):
        async with session.begin_nested():
            session.add(Basket(name="monday"))
    async with session.begin_nested() as savepoint:
        session.add(Basket(name="taken back"))
        await session.flush()
        await savepoint.rollback()
    await session.commit()
    session.add(Basket(name="forgotten"))
    await session.flush()
    await session.rollback()
    assert await names(session) == ["empty", "kept", "monday", "tuesday"]


async def test_rows_point_to_own_rows_by_number(session: RequestSession) -> None:
    key = await session.scalar(select(Basket.id).where(Basket.name == "empty"))
    session.add(Line(what="by number", basket_id=key))
    await session.flush()
    await session.execute(insert(Line), [{"what": "a", "basket_id": key}, {"what": "b", "basket_id": None}])
    monday = select(Basket.id).where(Basket.name == "monday").scalar_subquery()
    await session.execute(update(Line).where(Line.what == "a").values(basket_id=monday))
    count = select(func.count(Line.id)).join(Basket).where(Basket.name == "monday")
    assert await session.scalar(count) == 3
    await session.execute(
        basket_tags.insert(), {"basket_id": key, "tag_id": await session.scalar(select(Tag.id))}
    )
    await session.commit()


async def test_streams(session: RequestSession) -> None:
    seen = [
        basket.name async for basket in await session.stream_scalars(select(Basket).order_by(Basket.name))
    ]
    assert seen == ["empty", "monday", "tuesday"]
    parts = await session.stream(select(Basket.name).order_by(Basket.name).execution_options(yield_per=2))
    assert [len(part) async for part in parts.partitions()] == [2, 1]


async def test_the_session_s_connection(session: RequestSession) -> None:
    connection = await session.connection()
    assert (await connection.execute(select(func.count()).select_from(Basket))).scalar() == 3
    await connection.execute(insert(Basket).values(name="by connection"))
    await session.commit()
    assert "by connection" in await names(session)


async def test_anonymous_requests(manager: Manager) -> None:
    session = await manager.create_session()
    await fill(session)
    assert await session.query(Basket).count() == 3
    await session.close()
    async with manager.session() as other:
        assert await other.query(Basket).count() == 0


async def test_shared_rows_are_read(
    manager: Manager, session: RequestSession, request: pytest.FixtureRequest
) -> None:
    if "embedded" in request.node.name:
        pytest.skip("one file per user shares nothing")
    assert list(await session.scalars(select(Currency.code).order_by(Currency.code))) == ["EUR", "USD"]
    value = select(Basket.name, (Basket.price * Currency.rate).label("value")).join(
        Currency, Currency.code == "USD"
    )
    assert (await session.execute(value.where(Basket.name == "monday"))).one() == ("monday", 450)
