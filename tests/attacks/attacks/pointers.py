"""Pointing across the wall by a number that is not what it seems when somebody looks at it."""

from typing import Any

from sqlalchemy import Integer, TypeDecorator, bindparam, insert, literal, select, union_all, update
from sqlalchemy.exc import IntegrityError

from attacks.attack import Attacker, attack
from attacks.upserts import upsert

UNTRACKED = {"synchronize_session": False}


def mine(a: Attacker) -> Any:
    """Begin an update of the own note."""
    return update(a.m.Note).where(a.m.Note.id == a.my_note)


def note(a: Attacker, **values: Any) -> dict[str, Any]:
    """Give a row of the attacker's own."""
    return {"slug": "p", "title": "x", "body": "x", **values, **a.owned_by(a.me)}


@attack()
async def ordered_values(a: Attacker) -> object:
    """Set the pointer by values in an order of one's own."""
    await a.session.execute(mine(a).ordered_values((a.m.Note.folder_id, a.victims_folder)))
    await a.session.commit()
    return None


@attack()
async def owner_in_ordered_values(a: Attacker) -> object:
    """Give an own row away by values in an order of one's own."""
    owner = getattr(a.m.Tag, a.m.owner)
    given = update(a.m.Tag).where(a.m.Tag.id == a.my_tag).ordered_values((owner, a.victim))
    await a.session.execute(given, execution_options=UNTRACKED)
    await a.session.commit()
    return None


@attack()
async def another_column_of_excluded(a: Attacker) -> object:
    """Let a conflict set the pointer to another column of the row that could not be inserted."""
    statement = upsert(a, a.m.Note.__table__).values(note(a, id=a.my_note, number=a.victims_folder))
    pointing = {"folder_id": statement.excluded.number}
    await a.session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=pointing))
    await a.session.commit()
    return None


@attack()
async def union_that_begins_well(a: Attacker) -> object:
    """Point to what a union gives whose first half selects own folders."""
    own = select(a.m.Folder.id).where(a.m.Folder.name == "nowhere")
    either = union_all(own, select(literal(a.victims_folder, Integer))).scalar_subquery()
    await a.session.execute(mine(a).values(folder_id=either), execution_options=UNTRACKED)
    await a.session.commit()
    return None


@attack()
async def subquery_of_union(a: Attacker) -> object:
    """Point to a column of a subquery that is such a union."""
    own = select(a.m.Folder.id).where(a.m.Folder.name == "nowhere")
    either = union_all(own, select(literal(a.victims_folder, Integer))).subquery()
    await a.session.execute(
        mine(a).values(folder_id=select(either.c.id).scalar_subquery()), execution_options=UNTRACKED
    )
    await a.session.commit()
    return None


@attack()
async def union_in_insert(a: Attacker) -> object:
    """Insert a row that points to what such a union gives."""
    own = select(a.m.Folder.id).where(a.m.Folder.name == "nowhere")
    either = union_all(own, select(literal(a.victims_folder, Integer))).scalar_subquery()
    await a.session.execute(insert(a.m.Note.__table__).values(note(a, folder_id=either)))
    await a.session.commit()
    return None


@attack()
async def number_asked_twice(a: Attacker) -> object:
    """Give a parameter that is an own folder when it is looked at, and the victim's when it is sent."""
    turns = iter([a.my_folder] + [a.victims_folder] * 9)
    if a.arena.name in ("sqlite", "postgres"):
        next(turns)  # without a wall nobody looks
    pointer: Any = bindparam(None, callable_=lambda: next(turns), type_=Integer)
    await a.session.execute(mine(a).values(folder_id=pointer), execution_options=UNTRACKED)
    await a.session.commit()
    return None


class Shifted(TypeDecorator[int]):
    """A type that sends another number than it is given."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        """Send the victim's number in place of the own one."""
        return None if value is None else value - 1000


@attack()
async def type_that_shifts(a: Attacker) -> object:
    """Give an own folder's number by a type that sends the victim's."""
    shifted = literal(a.my_folder, Shifted())
    await a.session.execute(mine(a).values(folder_id=shifted), execution_options=UNTRACKED)
    await a.session.commit()
    return None


@attack()
async def type_that_shifts_in_insert(a: Attacker) -> object:
    """Insert by such a type."""
    row = note(a, folder_id=literal(a.my_folder, Shifted()))
    await a.session.execute(insert(a.m.Note.__table__).values(row))
    await a.session.commit()
    return None


class Lying(int):
    """The victim's number, which says that it is the attacker's."""

    pretended: int

    def __eq__(self, other: object) -> bool:
        return self.pretended == other

    def __hash__(self) -> int:
        return hash(self.pretended)

    def __str__(self) -> str:
        return str(self.pretended)


def lying(a: Attacker) -> Lying:
    """Make such a number."""
    number = Lying(a.victims_folder)
    number.pretended = a.my_folder
    return number


@attack()
async def number_that_lies(a: Attacker) -> object:
    """Point by a number that compares equal to an own folder's, which was read before."""
    kept = await a.session.get(a.m.Folder, a.my_folder)
    assert kept is not None
    await a.session.execute(mine(a).values(folder_id=lying(a)), execution_options=UNTRACKED)
    await a.session.commit()
    return None


@attack()
async def number_that_lies_among_others(a: Attacker) -> object:
    """Insert two rows, one that points to an own folder and one whose number only says so."""
    rows = [note(a, folder_id=a.my_folder), note(a, slug="q", folder_id=lying(a))]
    await a.session.execute(insert(a.m.Note.__table__), rows)
    await a.session.commit()
    return None


@attack()
async def key_that_is_not_inserted(a: Attacker) -> object:
    """Name the victim's id as a row's own key, in a row after the first, where it is left out."""
    rows: list[dict[str, Any]] = [
        {"name": "one", "parent_id": None, **a.owned_by(a.me)},
        {"name": "two", "parent_id": a.victims_folder, "id": a.victims_folder, **a.owned_by(a.me)},
    ]
    await a.session.execute(insert(a.m.Folder.__table__), rows)
    await a.session.commit()
    return None


@attack()
async def key_that_is_not_updated(a: Attacker) -> object:
    """Do the same in an update by parameters."""
    table = a.m.Folder.__table__
    statement = table.update().where(table.c.id == bindparam("which")).values(parent_id=bindparam("under"))
    rows: list[dict[str, Any]] = [
        {"which": 0, "under": None},
        {"which": a.my_folder, "under": a.victims_folder, "id": a.victims_folder},
    ]
    await (await a.session.connection()).execute(statement, rows)
    await a.session.commit()
    return None


@attack()
async def key_that_exists(a: Attacker) -> object:
    """Insert the victim's folder, which does nothing as it is there, and one under it, in one statement."""
    rows = [
        {"id": a.victims_folder, "name": "one", "parent_id": None, **a.owned_by(a.me)},
        {"id": 3001, "name": "two", "parent_id": a.victims_folder, **a.owned_by(a.me)},
    ]
    await a.session.execute(upsert(a, a.m.Folder.__table__).values(rows).on_conflict_do_nothing())
    await a.session.commit()
    return None


@attack(only="sqlite")
async def key_that_is_ignored(a: Attacker) -> object:
    """Do the same by INSERT OR IGNORE."""
    rows = [
        {"id": a.victims_folder, "name": "one", "parent_id": None, **a.owned_by(a.me)},
        {"id": 3001, "name": "two", "parent_id": a.victims_folder, **a.owned_by(a.me)},
    ]
    await a.session.execute(insert(a.m.Folder.__table__).prefix_with("OR IGNORE"), rows)
    await a.session.commit()
    return None


@attack()
async def value_and_parameter(a: Attacker) -> object:
    """Say one folder in the statement and another one in the parameters."""
    statement = insert(a.m.Note.__table__).values(folder_id=a.my_folder)
    await (await a.session.connection()).execute(statement, note(a, folder_id=a.victims_folder))
    await a.session.commit()
    return None


@attack()
async def value_and_parameter_in_update(a: Attacker) -> object:
    """Do the same in an update."""
    table = a.m.Note.__table__
    statement = table.update().where(table.c.id == a.my_note).values(folder_id=a.my_folder)
    await (await a.session.connection()).execute(statement, {"folder_id": a.victims_folder})
    await a.session.commit()
    return None


@attack()
async def conflict_by_named_parameter(a: Attacker) -> object:
    """Override what a conflict sets by the name of its parameter."""
    statement = upsert(a, a.m.Note.__table__).values(note(a, id=a.my_note))
    pointing = {"folder_id": bindparam("under", a.my_folder, type_=Integer)}
    await (await a.session.connection()).execute(
        statement.on_conflict_do_update(index_elements=["id"], set_=pointing), {"under": a.victims_folder}
    )
    await a.session.commit()
    return None


@attack()
async def conflict_by_column_name(a: Attacker) -> object:
    """Override what a conflict sets by the name of the column."""
    statement = upsert(a, a.m.Note.__table__).values(note(a, id=a.my_note, folder_id=a.my_folder))
    pointing = {"folder_id": a.my_folder}
    await (await a.session.connection()).execute(
        statement.on_conflict_do_update(index_elements=["id"], set_=pointing),
        {"folder_id": a.victims_folder, "param_1": a.victims_folder},
    )
    await a.session.commit()
    return None


@attack(only="sqlite")
async def number_used_again(a: Attacker) -> object:
    """Keep an own folder in the session while its number, freed meanwhile, becomes the victim's."""
    a.session.add(a.m.Folder(id=9001, name="going", **a.owned_by(a.me)))
    await a.session.commit()
    kept = await a.session.get(a.m.Folder, 9001)
    assert kept is not None
    await a.session.commit()
    async with a.another() as other:
        gone = await other.get(a.m.Folder, 9001)
        await other.delete(gone)
        await other.commit()
    async with a.victims() as hers:
        hers.add(a.m.Folder(id=9001, name="hers", **a.owned_by(a.victim)))
        await hers.commit()
    a.session.add(a.m.Note(**note(a, folder_id=9001)))
    try:
        await a.session.commit()
    except IntegrityError:
        await a.session.rollback()
    finally:
        async with a.victims() as hers:  # no trace of an innocent's may look like the attacker's deed
            for one in (await hers.scalars(select(a.m.Folder).filter_by(id=9001))).all():
                if getattr(one, a.m.owner) == a.victim and not await _pointed_to(a):
                    await hers.delete(one)
            await hers.commit()
    return None


async def _pointed_to(a: Attacker) -> bool:
    async with a.arena.trusted(a.me) as connection:
        table = a.m.Note.__table__
        query = select(table.c.id).where(table.c.folder_id == 9001, table.c[a.m.owner] == a.me)
        return (await connection.execute(query)).first() is not None
