"""Reads by the ORM's own queries."""

from typing import Any

from sqlalchemy import and_, func, or_, select, text, true, union_all
from sqlalchemy.orm import Bundle, aliased, load_only, with_loader_criteria, with_polymorphic

from attacks.attack import Attacker, attack


@attack()
async def select_all(a: Attacker) -> object:
    """Select all notes."""
    return (await a.session.scalars(select(a.m.Note))).all()


@attack()
async def select_columns(a: Attacker) -> object:
    """Select columns, not objects."""
    return (await a.session.execute(select(a.m.Note.id, a.m.Note.body))).all()


@attack()
async def select_by_id(a: Attacker) -> object:
    """Select the note whose id is known."""
    return (await a.session.scalars(select(a.m.Note).where(a.m.Note.id == a.victims_note))).all()


@attack()
async def select_by_owner(a: Attacker) -> object:
    """Ask for the victim's rows by name."""
    return (await a.session.scalars(select(a.m.Note).filter_by(**a.owned_by(a.victim)))).all()


@attack()
async def or_true(a: Attacker) -> object:
    """Widen the condition on the owner by OR."""
    mine = getattr(a.m.Note, a.m.owner) == a.me
    return (await a.session.scalars(select(a.m.Note).where(or_(mine, true(), and_(true()))))).all()


@attack()
async def get_by_id(a: Attacker) -> object:
    """Get the victim's note by its id."""
    return await a.session.get(a.m.Note, a.victims_note)


@attack()
async def get_for_update(a: Attacker) -> object:
    """Get it with a lock and with fresh values."""
    return await a.session.get(a.m.Note, a.victims_note, populate_existing=True, with_for_update=True)


@attack()
async def aliased_self_join(a: Attacker) -> object:
    """Join an own note with an alias of the same table."""
    mine, other = aliased(a.m.Note), aliased(a.m.Note)
    query = select(other.body).select_from(mine).join(other, true()).where(mine.id == a.my_note)
    return (await a.session.execute(query)).all()


@attack()
async def outer_join(a: Attacker) -> object:
    """Join notes to an own folder on nothing, from the outside."""
    query = select(a.m.Folder, a.m.Note).join(a.m.Note, true(), isouter=True)
    return (await a.session.execute(query)).all()


@attack()
async def join_from_shared_table(a: Attacker) -> object:
    """Come from a table that everybody may read."""
    return (await a.session.execute(select(a.m.Currency.name, a.m.Note.body).join(a.m.Note, true()))).all()


@attack()
async def subquery_of_entity(a: Attacker) -> object:
    """Select from an alias over a subquery of all notes."""
    inner = aliased(a.m.Note, select(a.m.Note).subquery())
    return (await a.session.scalars(select(inner))).all()


@attack()
async def cte_of_entity(a: Attacker) -> object:
    """Hide the read in a common table expression."""
    inner = select(a.m.Note.id, a.m.Note.body).cte("everything")
    return (await a.session.execute(select(inner))).all()


@attack()
async def union_of_selects(a: Attacker) -> object:
    """Append everybody's bodies to the own titles."""
    mine = select(a.m.Note.title).where(a.m.Note.id == a.my_note)
    return (await a.session.execute(union_all(mine, select(a.m.Note.body)))).all()


@attack()
async def entity_from_union(a: Attacker) -> object:
    """Load objects from a union."""
    both = union_all(select(a.m.Note), select(a.m.Note)).subquery()
    return (await a.session.scalars(select(aliased(a.m.Note, both)))).all()


@attack()
async def entity_from_statement(a: Attacker) -> object:
    """Give the ORM a finished Core statement to load from."""
    statement = select(a.m.Note).from_statement(select(a.m.Note.__table__))
    return (await a.session.scalars(statement)).all()


@attack()
async def entity_from_text(a: Attacker) -> object:
    """Give the ORM a text to load from."""
    statement = select(a.m.Note).from_statement(text("SELECT * FROM notes"))
    return (await a.session.scalars(statement)).all()


@attack()
async def scalar_subquery_column(a: Attacker) -> object:
    """Ask for a shared row with a foreign value beside it."""
    body = select(a.m.Note.body).where(a.m.Note.id == a.victims_note).scalar_subquery()
    return (await a.session.execute(select(a.m.Currency.code, body))).all()


@attack()
async def window_function(a: Attacker) -> object:
    """Look at the neighbouring row."""
    before = func.lag(a.m.Note.body).over(order_by=a.m.Note.id.desc())
    return (await a.session.execute(select(a.m.Note.id, before))).all()


@attack()
async def legacy_query(a: Attacker) -> object:
    """Use the query of the synchronous session underneath."""
    return await a.session.run_sync(lambda session: session.query(a.m.Note).all())


@attack()
async def legacy_query_without_assertions(a: Attacker) -> object:
    """Use the legacy query with a text as its statement."""

    def read(session: Any) -> object:
        everything = text("SELECT * FROM notes")
        return session.query(a.m.Note).enable_assertions(False).from_statement(everything).all()

    return await a.session.run_sync(read)


@attack()
async def bundle(a: Attacker) -> object:
    """Select a bundle of columns."""
    return (await a.session.execute(select(Bundle("secret", a.m.Note.id, a.m.Note.body)))).all()


@attack()
async def own_loader_criteria(a: Attacker) -> object:
    """Add a criterion of one's own that allows all, in the hope that it replaces the other."""
    anything = with_loader_criteria(a.m.Note, lambda model: true(), include_aliases=True)
    return (await a.session.scalars(select(a.m.Note).options(anything))).all()


@attack()
async def streamed(a: Attacker) -> object:
    """Stream the rows from the server."""
    rows = await a.session.stream_scalars(select(a.m.Note).execution_options(yield_per=1))
    return [row async for row in rows]


@attack()
async def only_some_columns(a: Attacker) -> object:
    """Swap the columns of a finished statement."""
    query = select(a.m.Note.id).with_only_columns(a.m.Note.body)
    loaded = select(a.m.Note).options(load_only(a.m.Note.body))
    return (await a.session.execute(query)).all(), (await a.session.scalars(loaded)).all()


@attack()
async def polymorphic(a: Attacker) -> object:
    """Read a hierarchy with all its tables."""
    everything = with_polymorphic(a.m.Document, "*")
    return (await a.session.scalars(select(everything))).all()


@attack()
async def single_table_subclass(a: Attacker) -> object:
    """Read a subclass that has no table of its own."""
    return (await a.session.scalars(select(a.m.Letter))).all()


@attack()
async def joined_subclass(a: Attacker) -> object:
    """Read a subclass whose table is joined to its parent's."""
    return (await a.session.execute(select(a.m.Invoice.iban))).all()
