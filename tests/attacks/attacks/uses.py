"""What an honest user does all day. A wall that refuses any of it has not kept users apart but out."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from sqlalchemy import case, delete, exists, func, insert, literal, select, text, true, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, joinedload, selectinload, undefer

from attacks.attack import Attacker
from attacks.upserts import upsert

Use = Callable[[Attacker], Awaitable[None]]
USES: Final[dict[str, Use]] = {}


def use(script: Use) -> Use:
    """Put a coroutine function on the list; it asserts what an honest user may expect."""
    USES[script.__name__] = script  # type: ignore[attr-defined]
    return script


def note(a: Attacker, **values: Any) -> Any:
    """Give a new note of the user's own."""
    return a.m.Note(**{"slug": "new", "title": "new", "body": "new", **values, **a.owned_by(a.me)})


@use
async def reads_own_rows(a: Attacker) -> None:
    notes = (await a.session.scalars(select(a.m.Note))).all()
    assert [(n.id, n.title) for n in notes] == [(a.my_note, "mine")]


@use
async def gets_by_id(a: Attacker) -> None:
    got = await a.session.get(a.m.Note, a.my_note)
    assert got is not None and got.body == "mine"
    assert await a.session.get(a.m.Note, 4711) is None


@use
async def adds(a: Attacker) -> None:
    a.session.add(note(a))
    await a.session.commit()
    async with a.another() as later:
        titles = await later.scalars(select(a.m.Note.title).order_by(a.m.Note.id))
        assert sorted(titles.all()) == ["mine", "new"]


@use
async def changes(a: Attacker) -> None:
    got = await a.session.get(a.m.Note, a.my_note)
    got.title = "changed"  # type: ignore[union-attr]
    await a.session.commit()
    async with a.another() as later:
        assert (await later.scalars(select(a.m.Note.title))).all() == ["changed"]


@use
async def deletes(a: Attacker) -> None:
    await a.session.delete(await a.session.get(a.m.Setting, a.my_setting))
    await a.session.commit()
    async with a.another() as later:
        assert (await later.scalars(select(a.m.Setting))).all() == []


@use
async def updates_in_bulk(a: Attacker) -> None:
    done: Any = await a.session.execute(update(a.m.Note).values(number=a.m.Note.number + 1))
    await a.session.commit()
    assert done.rowcount == 1
    assert await a.session.scalar(select(a.m.Note.number)) == 8


@use
async def deletes_in_bulk(a: Attacker) -> None:
    done: Any = await a.session.execute(delete(a.m.Setting).where(a.m.Setting.key == "theme"))
    await a.session.commit()
    assert done.rowcount == 1


@use
async def updates_many_by_primary_key(a: Attacker) -> None:
    await a.session.execute(update(a.m.Note), [{"id": a.my_note, "title": "many"}])
    await a.session.commit()
    assert (await a.session.scalars(select(a.m.Note.title))).all() == ["many"]


@use
async def filters_sorts_and_pages(a: Attacker) -> None:
    a.session.add_all([note(a, slug=str(n), number=n) for n in range(5)])
    await a.session.flush()
    query = select(a.m.Note.number).where(a.m.Note.number < 5).order_by(a.m.Note.number.desc())
    assert (await a.session.scalars(query.limit(2).offset(1))).all() == [3, 2]


@use
async def counts(a: Attacker) -> None:
    assert await a.session.scalar(select(func.count()).select_from(a.m.Note)) == 1


@use
async def joins(a: Attacker) -> None:
    query = select(a.m.Folder.name, a.m.Note.title).join(a.m.Folder.notes)
    assert (await a.session.execute(query)).all() == [("mine", "mine")]


@use
async def joins_outside(a: Attacker) -> None:
    a.session.add(a.m.Folder(name="empty", **a.owned_by(a.me)))
    await a.session.flush()
    query = select(a.m.Folder.name, a.m.Note.title).outerjoin(a.m.Folder.notes).order_by(a.m.Folder.name)
    assert [tuple(row) for row in await a.session.execute(query)] == [("empty", None), ("mine", "mine")]


@use
async def loads_joined(a: Attacker) -> None:
    query = select(a.m.Note).options(joinedload(a.m.Note.folder), joinedload(a.m.Note.tags))
    got = (await a.session.scalars(query)).unique().one()
    assert got.folder.name == "mine" and [tag.label for tag in got.tags] == ["mine"]


@use
async def loads_by_select_in(a: Attacker) -> None:
    query = select(a.m.Folder).options(selectinload(a.m.Folder.notes).selectinload(a.m.Note.tags))
    got = (await a.session.scalars(query)).one()
    assert [tag.label for tag in got.notes[0].tags] == ["mine"]


@use
async def loads_lazily(a: Attacker) -> None:
    got: Any = await a.session.get(a.m.Folder, a.my_folder)
    assert [n.id for n in await got.awaitable_attrs.notes] == [a.my_note]
    assert (await got.awaitable_attrs.notes)[0].folder is got


@use
async def loads_deferred_and_expired(a: Attacker) -> None:
    got: Any = await a.session.get(a.m.Note, a.my_note)
    assert await got.awaitable_attrs.memo == "mine"
    a.session.expire(got)
    assert await got.awaitable_attrs.title == "mine"
    await a.session.refresh(got, ["body"])
    query = select(a.m.Note).options(undefer(a.m.Note.memo))
    assert (await a.session.scalars(query)).one().memo == "mine"


@use
async def appends_a_child(a: Attacker) -> None:
    query = select(a.m.Folder).options(selectinload(a.m.Folder.notes))
    folder = (await a.session.scalars(query)).one()
    folder.notes.append(note(a))
    await a.session.commit()
    in_folder = select(func.count()).where(a.m.Note.folder_id == a.my_folder).select_from(a.m.Note)
    assert await a.session.scalar(in_folder) == 2


@use
async def makes_parent_and_child_at_once(a: Attacker) -> None:
    folder = a.m.Folder(name="both", notes=[note(a)], **a.owned_by(a.me))
    a.session.add(folder)
    await a.session.commit()
    assert folder.notes[0].folder_id == folder.id


@use
async def builds_a_tree(a: Attacker) -> None:
    child = a.m.Folder(name="child", parent_id=a.my_folder, **a.owned_by(a.me))
    a.session.add(child)
    await a.session.commit()
    parent = aliased(a.m.Folder)
    query = select(a.m.Folder.name, parent.name).join(parent, a.m.Folder.parent_id == parent.id)
    assert [tuple(row) for row in await a.session.execute(query)] == [("child", "mine")]


@use
async def reads_a_hierarchy(a: Attacker) -> None:
    documents = (await a.session.scalars(select(a.m.Document).order_by(a.m.Document.id))).all()
    assert [type(d).__name__ for d in documents] == ["Letter", "Invoice"]
    assert (await a.session.scalars(select(a.m.Invoice.iban))).all() == ["mine"]


@use
async def writes_a_hierarchy(a: Attacker) -> None:
    a.session.add(a.m.Invoice(title="new", iban="IT1", **a.owned_by(a.me)))
    await a.session.commit()
    got = (await a.session.scalars(select(a.m.Invoice).filter_by(iban="IT1"))).one()
    got.iban, got.title = "IT2", "both tables"
    await a.session.commit()
    await a.session.delete(got)
    await a.session.commit()
    assert (await a.session.scalars(select(a.m.Invoice.iban))).all() == ["mine"]


@use
async def upserts_an_own_row(a: Attacker) -> None:
    statement = upsert(a, a.m.Setting).values(key="theme", value="dark", **a.owned_by(a.me))
    keys = [a.m.owner, "key"]
    await a.session.execute(statement.on_conflict_do_update(index_elements=keys, set_={"value": "dark"}))
    await a.session.commit()
    assert (await a.session.scalars(select(a.m.Setting.value))).all() == ["dark"]


@use
async def inserts_and_gets_back(a: Attacker) -> None:
    rows = [{"label": label, **a.owned_by(a.me)} for label in ("x", "y")]
    tags = (await a.session.scalars(insert(a.m.Tag).returning(a.m.Tag), rows)).all()
    assert sorted(tag.label for tag in tags) == ["x", "y"]


@use
async def updates_and_gets_back(a: Attacker) -> None:
    statement = update(a.m.Note).values(title="back").returning(a.m.Note.id, a.m.Note.title)
    rows = (await a.session.execute(statement, execution_options={"synchronize_session": False})).all()
    assert [tuple(row) for row in rows] == [(a.my_note, "back")]


@use
async def inserts_in_bulk(a: Attacker) -> None:
    rows = [{"label": label, **a.owned_by(a.me)} for label in ("x", "y")]
    await a.session.run_sync(lambda session: session.bulk_insert_mappings(a.m.Tag, rows))
    things = [a.m.Tag(label="z", **a.owned_by(a.me))]
    await a.session.run_sync(lambda session: session.bulk_save_objects(things))
    await a.session.commit()
    assert await a.session.scalar(select(func.count()).select_from(a.m.Tag)) == 4


@use
async def rolls_back_to_a_savepoint(a: Attacker) -> None:
    a.session.add(note(a, slug="kept"))
    await a.session.flush()
    nested = await a.session.begin_nested()
    a.session.add(note(a, slug="lost"))
    await a.session.flush()
    await nested.rollback()
    await a.session.commit()
    slugs = await a.session.scalars(select(a.m.Note.slug).order_by(a.m.Note.slug))
    assert slugs.all() == ["kept", "plan"]


@use
async def rolls_back(a: Attacker) -> None:
    a.session.add(note(a))
    await a.session.flush()
    await a.session.rollback()
    async with a.another() as later:
        assert await later.scalar(select(func.count()).select_from(a.m.Note)) == 1


@use
async def streams(a: Attacker) -> None:
    a.session.add_all([note(a, slug=str(n)) for n in range(20)])
    await a.session.flush()
    rows = await a.session.stream_scalars(select(a.m.Note).execution_options(yield_per=5))
    assert len([row async for row in rows]) == 21


@use
async def reads_shared_rows(a: Attacker) -> None:
    assert (await a.session.scalars(select(a.m.Currency.name))).all() == ["Euro"]
    query = select(a.m.Note.title, a.m.Currency.code).join(a.m.Currency, true())
    assert (await a.session.execute(query)).all() == [("mine", "EUR")]


@use
async def groups(a: Attacker) -> None:
    a.session.add_all([note(a, slug=str(n), title=f"t{n % 2}") for n in range(4)])
    await a.session.flush()
    query = select(a.m.Note.title, func.count()).group_by(a.m.Note.title).having(func.count() > 1)
    rows = (await a.session.execute(query.order_by(a.m.Note.title))).all()
    assert [tuple(row) for row in rows] == [("t0", 2), ("t1", 2)]


@use
async def asks_by_subqueries(a: Attacker) -> None:
    inner = select(a.m.Note.folder_id).where(a.m.Note.title == "mine")
    assert (await a.session.scalars(select(a.m.Folder.name).where(a.m.Folder.id.in_(inner)))).all() == [
        "mine"
    ]
    there = exists().where(a.m.Note.folder_id == a.m.Folder.id)
    assert (await a.session.scalars(select(a.m.Folder.id).where(there))).all() == [a.my_folder]


@use
async def asks_by_a_common_table(a: Attacker) -> None:
    recent = select(a.m.Note.id, a.m.Note.title).cte("recent")
    assert (await a.session.execute(select(recent.c.title))).all() == [("mine",)]


@use
async def combines_queries(a: Attacker) -> None:
    both = union_all(select(a.m.Note.title), select(a.m.Folder.name))
    assert (await a.session.scalars(both)).all() == ["mine", "mine"]


@use
async def computes(a: Attacker) -> None:
    size = case((a.m.Note.number > 5, literal("big")), else_=literal("small"))
    query = select(func.upper(a.m.Note.title), size, func.coalesce(func.sum(a.m.Note.number).over(), 0))
    assert [tuple(row) for row in await a.session.execute(query)] == [("MINE", "big", 7)]


@use
async def merges_an_own_row(a: Attacker) -> None:
    got = await a.session.merge(a.m.Note(id=a.my_note, title="merged"))
    await a.session.commit()
    assert (got.title, got.body) == ("merged", "mine")


@use
async def works_with_core(a: Attacker) -> None:
    table = a.m.Tag.__table__
    await a.session.execute(table.insert(), [{"label": "core", **a.owned_by(a.me)}])
    await a.session.execute(table.update().where(table.c.label == "core").values(label="changed"))
    labels = await a.session.scalars(select(table.c.label).order_by(table.c.label))
    assert labels.all() == ["changed", "mine"]
    await a.session.execute(table.delete().where(table.c.label == "changed"))


@use
async def pings(a: Attacker) -> None:
    assert await a.session.scalar(text("SELECT 1")) == 1


@use
async def sees_own_commits_elsewhere(a: Attacker) -> None:
    async with a.another() as other:
        a.session.add(note(a))
        await a.session.commit()
        assert await other.scalar(select(func.count()).select_from(a.m.Note)) == 2


@use
async def goes_on_after_a_failed_write(a: Attacker) -> None:
    a.session.add(note(a, slug="plan"))
    try:
        await a.session.flush()
    except IntegrityError:
        await a.session.rollback()
    a.session.add(note(a, slug="other"))
    await a.session.commit()
    assert await a.session.scalar(select(func.count()).select_from(a.m.Note)) == 2
