"""Reads by what a mapping adds to a table: computed columns, relationships of one's own, hierarchies."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    aliased,
    column_property,
    contains_eager,
    defer,
    joinedload,
    query_expression,
    registry,
    relationship,
    selectin_polymorphic,
    selectinload,
    undefer,
    with_expression,
    with_polymorphic,
)

from attacks.attack import Attacker, attack


@contextmanager
def spy(a: Attacker, **properties: Any) -> Iterator[Any]:
    """Map a class of one's own on the folders, with `properties` that reach further."""
    mapping = registry()

    class Spy(AsyncAttrs):
        @hybrid_property
        def looked_up(self) -> Any:
            """Give nothing; the expression is what matters."""
            return None

        @looked_up.inplace.expression
        @classmethod
        def _looked_up(cls) -> Any:
            return bodies(a)

    mapping.map_imperatively(Spy, a.m.Folder.__table__, properties=properties)
    try:
        yield Spy
    finally:
        mapping.dispose()


def bodies(a: Attacker) -> Any:
    """Fold the bodies of all notes into one."""
    return select(func.min(a.m.Note.__table__.c.body)).scalar_subquery()


def to_all_notes(a: Attacker, **traits: Any) -> Any:
    """Relate a folder to every note there is."""
    notes, folders = a.m.Note.__table__, a.m.Folder.__table__
    return relationship(
        a.m.Note,
        primaryjoin=notes.c.id > folders.c.id - 100_000,
        foreign_keys=[notes.c.id],
        viewonly=True,
        uselist=True,
        **traits,
    )


async def told(rows: Any) -> list[Any]:
    """Give what objects have loaded."""
    return [vars(row) for row in rows]


@attack()
async def computed_column(a: Attacker) -> object:
    """Map a column that is a subquery of all notes."""
    with spy(a, spied=column_property(bodies(a))) as spying:
        return await told((await a.session.scalars(select(spying))).all())


@attack()
async def computed_column_refreshed(a: Attacker) -> object:
    """Refresh that column alone, where no query is built that criteria could join."""
    with spy(a, spied=column_property(bodies(a), deferred=True)) as spying:
        one = await a.session.get(spying, a.my_folder)
        await a.session.refresh(one, ["spied"])
        return vars(one)


@attack()
async def computed_column_awaited(a: Attacker) -> object:
    """Await it, when it is deferred."""
    with spy(a, spied=column_property(bodies(a), deferred=True)) as spying:
        one = await a.session.get(spying, a.my_folder)
        assert one is not None
        return await one.awaitable_attrs.spied


@attack()
async def computed_column_undeferred(a: Attacker) -> object:
    """Undefer it by an option of `get`."""
    with spy(a, spied=column_property(bodies(a), deferred=True)) as spying:
        options = [undefer(spying.spied), defer(spying.name)]
        return vars(await a.session.get(spying, a.my_folder, options=options))


@attack()
async def expression_of_a_query(a: Attacker) -> object:
    """Fill an attribute by an expression that the query brings along."""
    with spy(a, spied=query_expression()) as spying:
        query = select(spying).options(with_expression(spying.spied, bodies(a)))
        return await told((await a.session.scalars(query)).all())


@attack()
async def hybrid_expression(a: Attacker) -> object:
    """Select a hybrid whose expression reads all notes."""
    with spy(a) as spying:
        return (await a.session.execute(select(spying.id, spying.looked_up))).all()


@attack(oracle=True)
async def hybrid_condition(a: Attacker) -> object:
    """Filter by such a hybrid."""
    with spy(a) as spying:
        query = select(spying.id).where(spying.looked_up.like("%canary%"))
        return (await a.session.scalars(query)).all()


@attack()
async def relationship_to_all_joined(a: Attacker) -> object:
    """Load a relationship of one's own that joins own folders with every note."""
    with spy(a, everything=to_all_notes(a)) as spying:
        rows = (await a.session.scalars(select(spying).options(joinedload(spying.everything)))).unique()
        return [[vars(note) for note in row.everything] for row in rows]


@attack()
async def relationship_to_all_selected(a: Attacker) -> object:
    """Load it by a second query."""
    with spy(a, everything=to_all_notes(a)) as spying:
        rows = await a.session.scalars(select(spying).options(selectinload(spying.everything)))
        return [[vars(note) for note in row.everything] for row in rows]


@attack()
async def relationship_to_all_awaited(a: Attacker) -> object:
    """Load it when it is asked for."""
    with spy(a, everything=to_all_notes(a)) as spying:
        one = await a.session.get(spying, a.my_folder)
        assert one is not None
        return [vars(note) for note in await one.awaitable_attrs.everything]


@attack()
async def relationship_to_all_refreshed(a: Attacker) -> object:
    """Refresh it by its name."""
    with spy(a, everything=to_all_notes(a)) as spying:
        one = await a.session.get(spying, a.my_folder)
        await a.session.refresh(one, ["everything"])
        return [vars(note) for note in one.everything]


@attack()
async def write_only_relationship(a: Attacker) -> object:
    """Take the query of a write-only relationship."""
    with spy(a, everything=to_all_notes(a, lazy="write_only")) as spying:
        one = await a.session.get(spying, a.my_folder)
        assert one is not None
        return await told((await a.session.scalars(one.everything.select())).all())


@attack()
async def dynamic_relationship(a: Attacker) -> object:
    """Take the query of a dynamic relationship."""
    with spy(a, everything=to_all_notes(a, lazy="dynamic")) as spying:

        def read(session: Any) -> Any:
            return [vars(note) for note in session.get(spying, a.my_folder).everything.all()]

        return await a.session.run_sync(read)


@attack()
async def relationship_to_subquery(a: Attacker) -> object:
    """Relate own folders to a class that is a subquery of all notes."""
    every = aliased(a.m.Note, select(a.m.Note).limit(1000).subquery())
    folders = a.m.Folder.__table__
    related = relationship(
        every,
        primaryjoin=every.id > folders.c.id - 100_000,
        foreign_keys=every.id,
        viewonly=True,
        uselist=True,
    )
    with spy(a, everything=related) as spying:
        rows = await a.session.scalars(select(spying).options(selectinload(spying.everything)))
        return [[vars(note) for note in row.everything] for row in rows]


@attack()
async def relationship_through_a_select(a: Attacker) -> object:
    """Relate own folders to notes through a select that pairs all with all."""
    notes, folders = a.m.Note.__table__, a.m.Folder.__table__
    pairs = select(folders.c.id.label("one"), notes.c.id.label("other")).join(notes, true()).subquery()
    related = relationship(
        a.m.Note,
        secondary=pairs,
        primaryjoin=folders.c.id == pairs.c.one,
        secondaryjoin=notes.c.id == pairs.c.other,
        viewonly=True,
    )
    with spy(a, everything=related) as spying:
        rows = await a.session.scalars(select(spying).options(selectinload(spying.everything)))
        return [[vars(note) for note in row.everything] for row in rows]


@attack(oracle=True)
async def any_of_all(a: Attacker) -> object:
    """Ask whether any note there is has a secret."""
    with spy(a, everything=to_all_notes(a)) as spying:
        query = select(spying.id).where(spying.everything.any(a.m.Note.body.like("canary%")))
        return (await a.session.scalars(query)).all()


@attack(oracle=True)
async def tags_of_stray_notes(a: Attacker) -> object:
    """Ask across the association whether a tag that stands on an own note has a secret."""
    query = select(a.m.Note.slug).where(a.m.Note.tags.any(a.m.Tag.label.like("canary%")))
    return (await a.session.scalars(query)).all()


@attack(oracle=True)
async def folder_of_stray_note(a: Attacker) -> object:
    """Ask whether the folder that an own note points to has a secret."""
    query = select(a.m.Note.slug).where(a.m.Note.folder.has(a.m.Folder.name.like("canary%")))
    return (await a.session.scalars(query)).all()


@attack()
async def contains_eager_of_alias(a: Attacker) -> object:
    """Fill own folders with an alias of all notes by a join of one's own."""
    every = aliased(a.m.Note)
    query = (
        select(a.m.Folder)
        .join(every, true())
        .options(contains_eager(a.m.Folder.notes.of_type(every)))
        .execution_options(populate_existing=True)
    )
    rows = (await a.session.scalars(query)).unique()
    return [[vars(note) for note in row.notes] for row in rows]


@attack()
async def loader_with_criteria(a: Attacker) -> object:
    """Widen a relationship's own condition in the loader's option."""
    query = select(a.m.Folder).options(joinedload(a.m.Folder.notes.and_(true())))
    rows = (await a.session.scalars(query)).unique()
    return [[vars(note) for note in row.notes] for row in rows]


@attack()
async def polymorphic_alias(a: Attacker) -> object:
    """Read a hierarchy by an alias over all of its tables."""
    every = with_polymorphic(a.m.Document, "*", aliased=True)
    return await told((await a.session.scalars(select(every))).all())


@attack()
async def polymorphic_flat_join(a: Attacker) -> object:
    """Join a flat polymorphic alias to an own folder from the optional side."""
    every = with_polymorphic(a.m.Document, "*", flat=True)
    query = select(a.m.Folder.id, every).join(every, true(), isouter=True)
    return [vars(row[1]) for row in (await a.session.execute(query)).all() if row[1] is not None]


@attack()
async def polymorphic_by_second_query(a: Attacker) -> object:
    """Let the columns of subclasses come by a second query, for a parent that was forged."""
    query = select(a.m.Document).options(selectin_polymorphic(a.m.Document, [a.m.Invoice, a.m.Letter]))
    return await told((await a.session.scalars(query)).all())


@attack()
async def table_as_a_value(a: Attacker) -> object:
    """Give the whole row of a table to a function as one value."""
    if a.postgres:
        row = a.m.Note.__table__.table_valued()
        return (await a.session.scalars(select(func.row_to_json(row)))).all()
    return (await a.session.scalars(select(func.json_group_array(a.m.Note.__table__.c.body)))).all()


@attack()
async def ordered_aggregate(a: Attacker) -> object:
    """Put the read into the order and the filter of an aggregate."""
    folded = func.max(a.m.Folder.name).filter(a.m.Folder.id > 0)
    return (await a.session.execute(select(folded, func.coalesce(bodies(a), literal(""))))).all()
