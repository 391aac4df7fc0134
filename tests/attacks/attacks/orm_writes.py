"""Changing and deleting by the ORM."""

from typing import Any

from sqlalchemy import bindparam, delete, select, update

from attacks.attack import Attacker, attack
from attacks.loads import forged

UNSYNCHRONIZED = {"synchronize_session": False}


@attack()
async def bulk_update(a: Attacker) -> object:
    """Update all notes."""
    await a.session.execute(update(a.m.Note).values(title="pwned"))
    await a.session.commit()
    return None


@attack()
async def bulk_update_by_id(a: Attacker) -> object:
    """Update the note whose id is known."""
    statement = update(a.m.Note).where(a.m.Note.id == a.victims_note).values(title="pwned")
    await a.session.execute(statement, execution_options=UNSYNCHRONIZED)
    await a.session.commit()
    return None


@attack()
async def bulk_delete(a: Attacker) -> object:
    """Delete all settings."""
    await a.session.execute(delete(a.m.Setting))
    await a.session.commit()
    return None


@attack()
async def update_by_primary_keys(a: Attacker) -> object:
    """Update many by their primary keys at once."""
    await a.session.execute(update(a.m.Note), [{"id": a.victims_note, "title": "pwned"}])
    await a.session.commit()
    return None


@attack()
async def update_many_by_parameters(a: Attacker) -> object:
    """Update with parameters for each row."""
    connection = await a.session.connection()
    table = a.m.Note.__table__
    statement = table.update().where(table.c.id == bindparam("which")).values(title=bindparam("what"))
    rows = [{"which": a.my_note, "what": "x"}, {"which": a.victims_note, "what": "pwned"}]
    await connection.execute(statement, rows)
    await a.session.commit()
    return None


@attack()
async def bulk_update_mappings(a: Attacker) -> object:
    """Update by mappings."""
    rows = [{"id": a.victims_note, "title": "pwned"}]
    await a.session.run_sync(lambda session: session.bulk_update_mappings(a.m.Note, rows))
    await a.session.commit()
    return None


@attack()
async def bulk_save_of_detached(a: Attacker) -> object:
    """Save a forged object in bulk."""
    note = forged(a, a.m.Note, a.victims_note)
    note.title = "pwned"
    await a.session.run_sync(lambda session: session.bulk_save_objects([note]))
    await a.session.commit()
    return None


@attack()
async def update_of_detached(a: Attacker) -> object:
    """Change a forged object and flush."""
    note = forged(a, a.m.Note, a.victims_note)
    a.session.add(note)
    note.title = "pwned"
    await a.session.commit()
    return None


@attack()
async def update_of_many_detached(a: Attacker) -> object:
    """Change several forged objects, so that they are flushed together, with own ones between."""
    mine = await a.session.get(a.m.Setting, a.my_setting)
    hers = forged(a, a.m.Setting, a.victims_setting)
    a.session.add(hers)
    assert mine is not None
    mine.value = hers.value = "pwned"
    await a.session.commit()
    return None


@attack()
async def delete_of_detached(a: Attacker) -> object:
    """Delete a forged object."""
    setting = forged(a, a.m.Setting, a.victims_setting)
    await a.session.delete(setting)
    await a.session.commit()
    return None


@attack()
async def delete_of_subclass(a: Attacker) -> object:
    """Delete a forged object that stands in two tables."""
    invoice = forged(a, a.m.Invoice, a.victims_invoice, kind="invoice")
    await a.session.delete(invoice)
    await a.session.commit()
    return None


@attack()
async def update_of_subclass(a: Attacker) -> object:
    """Change the subclass's table of a forged object."""
    invoice = forged(a, a.m.Invoice, a.victims_invoice, kind="invoice")
    a.session.add(invoice)
    invoice.iban = "pwned"
    await a.session.commit()
    return None


@attack()
async def bulk_update_of_subclass(a: Attacker) -> object:
    """Update a subclass in bulk."""
    await a.session.execute(update(a.m.Invoice).values(iban="pwned"), execution_options=UNSYNCHRONIZED)
    await a.session.commit()
    return None


@attack()
async def legacy_update(a: Attacker) -> object:
    """Update by the legacy query."""

    def write(session: Any) -> None:
        session.query(a.m.Note).update({"title": "pwned"}, synchronize_session=False)
        session.commit()

    return await a.session.run_sync(write)


@attack()
async def legacy_delete(a: Attacker) -> object:
    """Delete by the legacy query."""

    def write(session: Any) -> None:
        session.query(a.m.Setting).filter_by(id=a.victims_setting).delete(synchronize_session="fetch")
        session.commit()

    return await a.session.run_sync(write)


@attack()
async def update_returning(a: Attacker) -> object:
    """Read by an update that changes nothing."""
    statement = update(a.m.Note).values(number=a.m.Note.number).returning(a.m.Note.body)
    return (await a.session.execute(statement, execution_options=UNSYNCHRONIZED)).all()


@attack()
async def delete_returning(a: Attacker) -> object:
    """Read by a delete that is rolled back."""
    rows = (await a.session.execute(delete(a.m.Setting).returning(a.m.Setting.value))).all()
    await a.session.rollback()
    return rows


@attack()
async def own_row_from_foreign_one(a: Attacker) -> object:
    """Copy a foreign body into an own row, and read the own row."""
    body = select(a.m.Note.body).where(a.m.Note.id == a.victims_note).scalar_subquery()
    mine = update(a.m.Folder).where(a.m.Folder.id == a.my_folder)
    await a.session.execute(mine.values(name=body), execution_options=UNSYNCHRONIZED)
    return (await a.session.scalars(select(a.m.Folder.name).where(a.m.Folder.id == a.my_folder))).all()


@attack()
async def expression_as_attribute(a: Attacker) -> object:
    """Set an own object's attribute to a subquery, which the flush will put into the row."""
    folder = await a.session.get(a.m.Folder, a.my_folder)
    assert folder is not None
    folder.name = select(a.m.Note.body).where(a.m.Note.id == a.victims_note).scalar_subquery()
    await a.session.flush()
    await a.session.refresh(folder)
    return folder.name


@attack()
async def update_with_wide_condition(a: Attacker) -> object:
    """Update by a condition on another table that is true for all rows."""
    there = select(a.m.Currency.code).exists()
    statement = update(a.m.Note).where(there).values(title="pwned")
    await a.session.execute(statement, execution_options=UNSYNCHRONIZED)
    await a.session.commit()
    return None
