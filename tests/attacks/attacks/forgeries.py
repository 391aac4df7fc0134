"""Making rows as the victim."""

from typing import Any

from sqlalchemy import bindparam, event, func, insert, literal, literal_column, select

from attacks.attack import Attacker, attack


def forgery(a: Attacker, **values: Any) -> dict[str, Any]:
    """Give a tag that says it is the victim's."""
    return {"label": "forged", **a.owned_by(a.victim), **values}


@attack()
async def add(a: Attacker) -> object:
    """Add an object that says it is the victim's."""
    a.session.add(a.m.Tag(**forgery(a)))
    await a.session.commit()
    return None


@attack()
async def add_all(a: Attacker) -> object:
    """Add many, with an own one first."""
    a.session.add_all([a.m.Tag(label="own", **a.owned_by(a.me)), a.m.Tag(**forgery(a))])
    await a.session.commit()
    return None


@attack()
async def add_in_cascade(a: Attacker) -> object:
    """Add a forged note in an own folder's collection."""
    note = a.m.Note(slug="f", title="forged", body="forged", **a.owned_by(a.victim))
    a.session.add(a.m.Folder(name="own", notes=[note], **a.owned_by(a.me)))
    await a.session.commit()
    return None


@attack()
async def add_subclass(a: Attacker) -> object:
    """Add an object of two tables."""
    a.session.add(a.m.Invoice(title="forged", iban="forged", **a.owned_by(a.victim)))
    await a.session.commit()
    return None


@attack()
async def core_insert(a: Attacker) -> object:
    """Insert one row."""
    await a.session.execute(insert(a.m.Tag.__table__).values(forgery(a)))
    await a.session.commit()
    return None


@attack()
async def core_insert_parameters(a: Attacker) -> object:
    """Insert by parameters instead of values."""
    connection = await a.session.connection()
    await connection.execute(insert(a.m.Tag.__table__), forgery(a))
    await a.session.commit()
    return None


@attack()
async def insert_many(a: Attacker) -> object:
    """Insert many by parameters, the forged one last."""
    rows = [{"label": "own", **a.owned_by(a.me)}, forgery(a)]
    await a.session.execute(insert(a.m.Tag.__table__), rows)
    await a.session.commit()
    return None


@attack()
async def insert_many_values(a: Attacker) -> object:
    """Insert many in one VALUES."""
    rows = [{"label": "own", **a.owned_by(a.me)}, forgery(a)]
    await a.session.execute(insert(a.m.Tag.__table__).values(rows))
    await a.session.commit()
    return None


@attack()
async def orm_insert_many(a: Attacker) -> object:
    """Insert many entities and get them back."""
    rows = [{"label": "own", **a.owned_by(a.me)}, forgery(a)]
    got = (await a.session.scalars(insert(a.m.Tag).returning(a.m.Tag), rows)).all()
    await a.session.commit()
    return got


@attack()
async def bulk_save(a: Attacker) -> object:
    """Save new objects in bulk."""
    things = [a.m.Tag(label="own", **a.owned_by(a.me)), a.m.Tag(**forgery(a))]
    await a.session.run_sync(lambda session: session.bulk_save_objects(things))
    await a.session.commit()
    return None


@attack()
async def bulk_insert_mappings(a: Attacker) -> object:
    """Insert mappings in bulk."""
    rows = [forgery(a), {"label": "own", **a.owned_by(a.me)}]
    await a.session.run_sync(lambda session: session.bulk_insert_mappings(a.m.Tag, rows))
    await a.session.commit()
    return None


@attack()
async def insert_expression(a: Attacker) -> object:
    """Give the owner as an expression, which no check of values sees."""
    for owner in (literal(a.victim), func.lower(a.victim.upper()), bindparam("who", a.victim)):
        await a.session.execute(insert(a.m.Tag.__table__).values({"label": "f", a.m.owner: owner}))
    await a.session.commit()
    return None


@attack()
async def insert_literal_owner(a: Attacker) -> object:
    """Give the owner as a text."""
    owner = literal_column(f"'{a.victim}'")
    await a.session.execute(insert(a.m.Tag.__table__).values({"label": "f", a.m.owner: owner}))
    await a.session.commit()
    return None


@attack()
async def attribute_expression(a: Attacker) -> object:
    """Add an object whose owner is an expression."""
    a.session.add(a.m.Tag(label="f", **{a.m.owner: func.lower(a.victim.upper())}))
    await a.session.commit()
    return None


@attack()
async def insert_from_select(a: Attacker) -> object:
    """Insert what a select gives, with the victim as a literal."""
    source = select(literal("forged"), literal(a.victim))
    await a.session.execute(insert(a.m.Tag.__table__).from_select(["label", a.m.owner], source))
    await a.session.commit()
    return None


@attack()
async def copy_to_self(a: Attacker) -> object:
    """Insert foreign rows as own ones, and read them."""
    tags, notes = a.m.Tag.__table__, a.m.Note.__table__
    source = select(notes.c.title, literal(a.me)).where(notes.c.id == a.victims_note)
    await a.session.execute(insert(tags).from_select(["label", a.m.owner], source))
    mine = select(tags.c.label).where(tags.c[a.m.owner] == a.me)
    return (await a.session.execute(mine)).all()


@attack()
async def subquery_in_insert(a: Attacker) -> object:
    """Insert an own row with a foreign value in it, and read it."""
    title = select(a.m.Note.title).where(a.m.Note.id == a.victims_note).scalar_subquery()
    await a.session.execute(insert(a.m.Tag.__table__).values(label=title, **a.owned_by(a.me)))
    return (await a.session.execute(select(a.m.Tag.label).filter_by(**a.owned_by(a.me)))).all()


@attack()
async def subquery_in_returning(a: Attacker) -> object:
    """Insert an own row and let it return a foreign value."""
    title = select(a.m.Note.title).where(a.m.Note.id == a.victims_note).scalar_subquery()
    statement = insert(a.m.Tag.__table__).values(label="x", **a.owned_by(a.me))
    return (await a.session.execute(statement.returning(title))).all()


class Liar(str):
    """A name that says it equals any other."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = str.__hash__


@attack()
async def lying_owner(a: Attacker) -> object:
    """Add an object whose owner compares equal to the attacker and is stored as the victim."""
    a.session.add(a.m.Tag(label="f", **{a.m.owner: Liar(a.victim)}))
    await a.session.commit()
    return None


@attack()
async def lying_owner_in_core(a: Attacker) -> object:
    """The same in a Core insert."""
    rows = [{"label": "f", a.m.owner: Liar(a.victim)}, {"label": "g", a.m.owner: Liar(a.victim)}]
    await a.session.execute(insert(a.m.Tag.__table__), rows)
    await a.session.commit()
    return None


@attack()
async def changed_before_flush(a: Attacker) -> object:
    """Change the owner in a hook of the flush."""

    def change(session: Any, *_rest: object) -> None:
        for thing in session.new:
            setattr(thing, a.m.owner, a.victim)

    event.listen(a.session.sync_session, "before_flush", change)
    a.session.add(a.m.Tag(label="f", **a.owned_by(a.me)))
    await a.session.commit()
    return None


@attack()
async def changed_before_insert(a: Attacker) -> object:
    """Change the owner in the mapper's last hook before the INSERT."""

    def change(_mapper: object, _connection: object, target: Any) -> None:
        setattr(target, a.m.owner, a.victim)

    event.listen(a.m.Tag, "before_insert", change)
    try:
        a.session.add(a.m.Tag(label="f", **a.owned_by(a.me)))
        await a.session.commit()
    finally:
        event.remove(a.m.Tag, "before_insert", change)
    return None


@attack()
async def written_before_commit(a: Attacker) -> object:
    """Write the forged row in a hook of the commit."""

    def write(session: Any) -> None:
        session.execute(insert(a.m.Tag.__table__).values(forgery(a)))

    event.listen(a.session.sync_session, "before_commit", write, once=True)
    a.session.add(a.m.Tag(label="own", **a.owned_by(a.me)))
    await a.session.commit()
    return None


@attack()
async def association_row(a: Attacker) -> object:
    """Make a row of the association table for the victim."""
    row = {"note_id": a.my_note, "tag_id": a.my_tag, **a.owned_by(a.victim)}
    await a.session.execute(a.m.note_tags.delete().where(a.m.note_tags.c.note_id == a.my_note))
    await a.session.execute(a.m.note_tags.insert(), [row])
    await a.session.commit()
    return None


@attack()
async def row_of_nobody(a: Attacker) -> object:
    """Make a row without an owner, which a careless read would show to everybody."""
    row = {"note_id": a.my_note, "tag_id": a.my_tag, a.m.owner: None}
    await a.session.execute(a.m.note_tags.delete().where(a.m.note_tags.c.note_id == a.my_note))
    await a.session.execute(a.m.note_tags.insert().values(row))
    await a.session.commit()
    return None
