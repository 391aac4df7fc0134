"""Giving a row away, taking one over, and pointing across the wall."""

from sqlalchemy import func, insert, select, update

from attacks.attack import Attacker, attack
from attacks.loads import forged


@attack()
async def give_by_attribute(a: Attacker) -> object:
    """Set an own object's owner to the victim."""
    tag = await a.session.get(a.m.Tag, a.my_tag)
    setattr(tag, a.m.owner, a.victim)
    await a.session.commit()
    return None


@attack()
async def give_by_bulk_update(a: Attacker) -> object:
    """Update the owner of own rows."""
    mine = update(a.m.Setting).where(a.m.Setting.id == a.my_setting)
    given = mine.values(key="gift", **a.owned_by(a.victim))
    await a.session.execute(given, execution_options={"synchronize_session": False})
    await a.session.commit()
    return None


@attack()
async def give_by_core(a: Attacker) -> object:
    """Update the owner's column of the table."""
    table = a.m.Tag.__table__
    statement = table.update().where(table.c.id == a.my_tag)
    await a.session.execute(statement.values(a.owned_by(a.victim)))
    await a.session.commit()
    return None


@attack()
async def give_by_expression(a: Attacker) -> object:
    """Update the owner by an expression."""
    table = a.m.Tag.__table__
    statement = table.update().where(table.c.id == a.my_tag)
    await a.session.execute(statement.values({table.c[a.m.owner]: func.lower(a.victim.upper())}))
    await a.session.commit()
    return None


@attack()
async def give_by_parameters(a: Attacker) -> object:
    """Give the owner as a parameter of the execution, not in the statement."""
    connection = await a.session.connection()
    table = a.m.Tag.__table__
    await connection.execute(table.update().where(table.c.id == a.my_tag), a.owned_by(a.victim))
    await a.session.commit()
    return None


@attack()
async def give_by_primary_keys(a: Attacker) -> object:
    """Give away by an update of many."""
    await a.session.execute(update(a.m.Tag), [{"id": a.my_tag, **a.owned_by(a.victim)}])
    await a.session.commit()
    return None


@attack()
async def give_by_mappings(a: Attacker) -> object:
    """Give away by mappings."""
    rows = [{"id": a.my_tag, **a.owned_by(a.victim)}]
    await a.session.run_sync(lambda session: session.bulk_update_mappings(a.m.Tag, rows))
    await a.session.commit()
    return None


@attack()
async def give_by_merge(a: Attacker) -> object:
    """Merge an own row with another owner."""
    await a.session.merge(a.m.Tag(id=a.my_tag, label="gift", **a.owned_by(a.victim)))
    await a.session.commit()
    return None


@attack()
async def steal_by_update(a: Attacker) -> object:
    """Take the victim's row over."""
    hers = update(a.m.Tag).where(a.m.Tag.id == a.victims_tag)
    await a.session.execute(hers.values(a.owned_by(a.me)), execution_options={"synchronize_session": False})
    await a.session.commit()
    return (await a.session.scalars(select(a.m.Tag).filter_by(id=a.victims_tag))).all()


@attack()
async def steal_by_detached(a: Attacker) -> object:
    """Take it over by a forged object."""
    tag = forged(a, a.m.Tag, a.victims_tag)
    a.session.add(tag)
    setattr(tag, a.m.owner, a.me)
    await a.session.commit()
    await a.session.refresh(tag)
    return tag


@attack()
async def point_across(a: Attacker) -> object:
    """Add a note in the victim's folder."""
    note = a.m.Note(slug="p", title="x", body="x", folder_id=a.victims_folder, **a.owned_by(a.me))
    a.session.add(note)
    await a.session.commit()
    return None


@attack()
async def point_across_by_core(a: Attacker) -> object:
    """Insert a note in the victim's folder."""
    row = {"slug": "p", "title": "x", "body": "x", "folder_id": a.victims_folder, **a.owned_by(a.me)}
    await a.session.execute(insert(a.m.Note.__table__), [row, {**row, "slug": "q"}])
    await a.session.commit()
    return None


@attack()
async def point_across_by_update(a: Attacker) -> object:
    """Move an own note into the victim's folder."""
    mine = update(a.m.Note).where(a.m.Note.id == a.my_note).values(folder_id=a.victims_folder)
    await a.session.execute(mine, execution_options={"synchronize_session": False})
    await a.session.commit()
    return None


@attack()
async def point_across_by_attribute(a: Attacker) -> object:
    """Move an own note by its attribute."""
    note = await a.session.get(a.m.Note, a.my_note)
    assert note is not None
    note.folder_id = a.victims_folder
    await a.session.commit()
    return None


@attack()
async def point_across_by_expression(a: Attacker) -> object:
    """Point across by an expression instead of a value."""
    table = a.m.Note.__table__
    statement = table.update().where(table.c.id == a.my_note)
    await a.session.execute(
        statement.values(folder_id=table.c.folder_id + 0 - a.my_folder + a.victims_folder)
    )
    await a.session.commit()
    return None


@attack()
async def point_across_from_select(a: Attacker) -> object:
    """Point across in an insert from a select."""
    from sqlalchemy import literal

    columns = ["slug", "title", "body", "folder_id", a.m.owner]
    source = select(literal("p"), literal("x"), literal("x"), literal(a.victims_folder), literal(a.me))
    await a.session.execute(insert(a.m.Note.__table__).from_select(columns, source))
    await a.session.commit()
    return None


@attack()
async def point_association_across(a: Attacker) -> object:
    """Put the victim's tag onto a new own note by a row of the association."""
    a.session.add(a.m.Note(id=6001, slug="p", title="x", body="x", **a.owned_by(a.me)))
    await a.session.flush()
    row = {"note_id": 6001, "tag_id": a.victims_tag, **a.owned_by(a.me)}
    await a.session.execute(a.m.note_tags.insert().values(row))
    await a.session.commit()
    return None


@attack()
async def point_to_itself_across(a: Attacker) -> object:
    """Hang an own folder under the victim's in the same table."""
    folder = await a.session.get(a.m.Folder, a.my_folder)
    assert folder is not None
    folder.parent_id = a.victims_folder
    await a.session.commit()
    return None
