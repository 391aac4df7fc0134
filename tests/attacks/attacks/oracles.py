"""Attacks that get no row back and learn all the same: by counting, sorting, and whether something exists."""

from sqlalchemy import case, exists, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from attacks.attack import Attacker, attack
from attacks.loads import forged


@attack(oracle=True)
async def count(a: Attacker) -> object:
    """Count all notes."""
    return await a.session.scalar(select(func.count()).select_from(a.m.Note))


@attack(oracle=True)
async def count_core(a: Attacker) -> object:
    """Count the rows of the table."""
    return await a.session.scalar(select(func.count()).select_from(a.m.Note.__table__))


@attack(oracle=True)
async def count_subquery(a: Attacker) -> object:
    """Count over a subquery, as paginators do."""
    return await a.session.scalar(select(func.count()).select_from(select(a.m.Note.id).subquery()))


@attack(oracle=True)
async def exists_oracle(a: Attacker) -> object:
    """Ask whether a body starts with these letters."""
    return await a.session.scalar(select(exists().where(a.m.Note.body.like("canary%"))))


@attack(oracle=True)
async def exists_on_shared_rows(a: Attacker) -> object:
    """Filter a shared table by whether a foreign row exists."""
    there = select(a.m.Note.id).where(a.m.Note.id == a.victims_note).exists()
    return (await a.session.scalars(select(a.m.Currency.code).where(there))).all()


@attack(oracle=True)
async def join_oracle(a: Attacker) -> object:
    """Multiply own rows by foreign ones that match a guess."""
    other = aliased(a.m.Note)
    query = select(func.count()).select_from(a.m.Folder).join(other, other.body.like("canary-9%"))
    return await a.session.scalar(query)


@attack(oracle=True)
async def in_subquery_oracle(a: Attacker) -> object:
    """Filter own rows by membership in a foreign column."""
    numbers = select(a.m.Note.number).where(a.m.Note.id == a.victims_note)
    query = select(a.m.Currency.code).where(~a.m.Currency.code.in_(select(a.m.Note.body)), exists(numbers))
    return (await a.session.scalars(query)).all()


@attack(oracle=True)
async def order_by_oracle(a: Attacker) -> object:
    """Sort own rows by what a foreign one holds."""
    there = select(a.m.Note.id).where(a.m.Note.body.like("canary%")).exists()
    either = case((there, a.m.Setting.id), else_=-a.m.Setting.id)
    await a.session.execute(
        a.m.Setting.__table__.insert(), [{"id": 2005, "key": "b", "value": "b", **a.owned_by(a.me)}]
    )
    mine = getattr(a.m.Setting, a.m.owner) == a.me
    return (await a.session.scalars(select(a.m.Setting.id).where(mine).order_by(either))).all()


@attack(oracle=True)
async def limit_oracle(a: Attacker) -> object:
    """Let the number of rows that come back depend on a secret."""
    secret = select(func.count(a.m.Note.id)).where(a.m.Note.body.like("canary%")).scalar_subquery()
    return (await a.session.scalars(select(a.m.Currency.code).limit(secret))).all()


@attack(oracle=True)
async def text_count(a: Attacker) -> object:
    """Count by a text."""
    return (await a.session.execute(text("SELECT count(*) FROM notes"))).scalar()


@attack(oracle=True)
async def matched_rows_of_update(a: Attacker) -> object:
    """Count what an update matches."""
    statement = update(a.m.Note).where(a.m.Note.body.like("canary%")).values(number=a.m.Note.number)
    result = await a.session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount  # type: ignore[attr-defined]


@attack(oracle=True)
async def own_row_updated_by_oracle(a: Attacker) -> object:
    """Write into an own row whether a foreign one exists."""
    there = select(a.m.Note.id).where(a.m.Note.body.like("canary%")).exists()
    mine = update(a.m.Folder).where(a.m.Folder.id == a.my_folder)
    await a.session.execute(mine.values(name=case((there, "yes"), else_="no")))
    return (await a.session.scalars(select(a.m.Folder.name).where(a.m.Folder.id == a.my_folder))).all()


@attack(oracle=True)
async def slug_taken_by_victim(a: Attacker) -> object:
    """Find out by a unique key whether the victim has a note of this name."""
    whose = a.owned_by(a.victim)
    a.session.add(a.m.Note(slug="plan", title="x", body="x", **whose))
    try:
        await a.session.flush()
    except DBAPIError:
        return "taken"
    finally:
        await a.session.rollback()
    return "free"


@attack(oracle=True)
async def sum_of_numbers(a: Attacker) -> object:
    """Add everybody's numbers up."""
    return await a.session.scalar(select(func.coalesce(func.sum(a.m.Note.number), 0) - 7))


@attack(oracle=True)
async def stale_data_oracle(a: Attacker) -> object:
    """Learn by the ORM's own count whether a forged object's row is there."""
    folder = forged(a, a.m.Folder, a.victims_folder)
    a.session.add(folder)
    await a.session.delete(folder)
    try:
        await a.session.flush()
    except DBAPIError:
        return "there"
    finally:
        await a.session.rollback()
    return "deleted"
