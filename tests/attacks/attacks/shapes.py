"""Reads whose statement has an unusual shape."""

from typing import Any

from sqlalchemy import Integer, cast, column, func, lambda_stmt, literal, select, true, tuple_, values
from sqlalchemy.orm import aliased

from attacks.attack import Attacker, attack


@attack()
async def recursive_cte(a: Attacker) -> object:
    """Climb from an own row to all others."""
    note, me = a.m.Note, select(a.m.Note.id, a.m.Note.body).where(a.m.Note.id == a.my_note)
    climb = me.cte("climb", recursive=True)
    climb = climb.union(select(note.id, note.body).join(climb, note.id != climb.c.id))
    return (await a.session.execute(select(climb))).all()


@attack()
async def nested_scalar_subqueries(a: Attacker) -> object:
    """Wrap the read three times."""
    innermost = select(a.m.Note.body).where(a.m.Note.id == a.victims_note).scalar_subquery()
    middle = select(func.coalesce(innermost, "-")).scalar_subquery()
    return (await a.session.execute(select(a.m.Currency.code, func.upper(middle), middle))).all()


@attack()
async def function_of_subquery(a: Attacker) -> object:
    """Put the read into a function's argument, with no table outside of it."""
    body = select(func.min(a.m.Note.body)).where(a.m.Note.id == a.victims_note).scalar_subquery()
    return (await a.session.execute(select(func.coalesce(body, "-")))).all()


@attack()
async def aggregate_into_one(a: Attacker) -> object:
    """Fold all bodies into one value."""
    fold = func.string_agg(a.m.Note.body, ",") if a.postgres else func.group_concat(a.m.Note.body, ",")
    return (await a.session.execute(select(fold))).all()


@attack()
async def json_of_rows(a: Attacker) -> object:
    """Fold all bodies into a JSON text."""
    fold = func.json_agg(a.m.Note.body) if a.postgres else func.json_group_array(a.m.Note.body)
    return (await a.session.execute(select(fold))).all()


@attack()
async def subquery_in_on(a: Attacker) -> object:
    """Join a subquery of everything to an own row."""
    everything = select(a.m.Note.body).subquery()
    query = select(a.m.Folder.id, everything.c.body).join(everything, true())
    return (await a.session.execute(query)).all()


@attack(only="postgresql")
async def subquery_in_values(a: Attacker) -> object:
    """Put the read into a VALUES list."""
    body = select(a.m.Note.body).where(a.m.Note.id == a.victims_note).scalar_subquery()
    rows = values(column("n", Integer), column("b"), name="rows").data([(literal(1), body)])
    return (await a.session.execute(select(rows.c.n, rows.c.b))).all()


@attack()
async def tuple_comparison(a: Attacker) -> object:
    """Select by a pair of columns."""
    note = a.m.Note
    pair = tuple_(note.id, getattr(note, a.m.owner)).in_([(a.victims_note, a.victim)])
    return (await a.session.scalars(select(note).where(pair))).all()


@attack()
async def lambda_statement(a: Attacker) -> object:
    """Build the statement in a cached lambda."""
    note, wanted = a.m.Note, a.victims_note
    statement: Any = lambda_stmt(lambda: select(note))
    statement += lambda query: query.where(note.id == wanted)
    return (await a.session.scalars(statement)).all()


@attack()
async def exists_with_alias(a: Attacker) -> object:
    """Load aliased rows for which another alias exists."""
    one, two = aliased(a.m.Note), aliased(a.m.Note, name="notes")
    query = select(one).where(select(two.id).where(two.id == one.id).exists())
    return (await a.session.scalars(query)).all()


@attack()
async def joined_aliases(a: Attacker) -> object:
    """Read through a join used as one entity."""
    folder, note = aliased(a.m.Folder, flat=True), aliased(a.m.Note, flat=True)
    query = select(folder.name, note.body).outerjoin(folder.notes.of_type(note))
    return (await a.session.execute(query)).all()


@attack()
async def except_nothing(a: Attacker) -> object:
    """Subtract nothing from everything."""
    everything, nothing = select(a.m.Note.body), select(a.m.Note.body).where(a.m.Note.id < 0)
    return (await a.session.execute(everything.except_(nothing))).all()


@attack()
async def distinct_groups(a: Attacker) -> object:
    """Group by the secret."""
    query = select(a.m.Note.body, func.count()).group_by(a.m.Note.body).having(func.count() >= 1)
    return (await a.session.execute(query.distinct())).all()


@attack()
async def sort_with_secret(a: Attacker) -> object:
    """Take the largest number."""
    query = select(cast(a.m.Note.number, Integer)).order_by(a.m.Note.number.desc()).limit(1)
    return (await a.session.execute(query)).all()


@attack()
async def correlated_from_own_row(a: Attacker) -> object:
    """Read the next note beside each own one."""
    other = aliased(a.m.Note)
    next_one = select(func.min(other.body)).where(other.id != a.m.Note.id).correlate(a.m.Note)
    query = select(a.m.Note.id, next_one.scalar_subquery()).where(a.m.Note.id == a.my_note)
    return (await a.session.execute(query)).all()


@attack()
async def owner_column_itself(a: Attacker) -> object:
    """Ask whose rows there are, by a group over the owner's column with the numbers."""
    whose = getattr(a.m.Note, a.m.owner)
    query = select(whose, func.max(a.m.Note.number)).group_by(whose)
    return (await a.session.execute(query)).all()
