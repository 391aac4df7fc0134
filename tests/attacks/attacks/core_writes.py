"""Changing and deleting by Core."""

from sqlalchemy import literal_column, or_, select, text, true, update

from attacks.attack import Attacker, attack


@attack()
async def core_update(a: Attacker) -> object:
    """Update the table."""
    await a.session.execute(a.m.Note.__table__.update().values(title="pwned"))
    await a.session.commit()
    return None


@attack()
async def core_update_on_connection(a: Attacker) -> object:
    """Update the table on the connection."""
    connection = await a.session.connection()
    await connection.execute(a.m.Note.__table__.update().values(title="pwned"))
    await a.session.commit()
    return None


@attack()
async def core_delete(a: Attacker) -> object:
    """Delete from the table."""
    await a.session.execute(a.m.Setting.__table__.delete())
    await a.session.commit()
    return None


@attack()
async def core_update_or_true(a: Attacker) -> object:
    """Update with a condition widened by OR."""
    table = a.m.Note.__table__
    statement = table.update().where(or_(table.c[a.m.owner] == a.me, true())).values(title="pwned")
    await a.session.execute(statement)
    await a.session.commit()
    return None


@attack()
async def update_text_or(a: Attacker) -> object:
    """Update with a text whose OR binds weaker than the owner's AND."""
    table = a.m.Note.__table__
    await a.session.execute(table.update().where(text("1=1 OR 1=1")).values(title="pwned"))
    await a.session.commit()
    return None


@attack()
async def update_text_comment(a: Attacker) -> object:
    """Update with a text that comments the rest away."""
    await a.session.execute(update(a.m.Note).where(text("1=1 --")).values(title="pwned"))
    await a.session.commit()
    return None


@attack()
async def delete_text_or(a: Attacker) -> object:
    """Delete with such a text."""
    table = a.m.Setting.__table__
    await a.session.execute(table.delete().where(text("1=1 OR 1=1")))
    await a.session.commit()
    return None


@attack()
async def update_from(a: Attacker) -> object:
    """Update own folders from the notes of others, and read them."""
    folders, notes = a.m.Folder.__table__, a.m.Note.__table__
    statement = folders.update().values(name=notes.c.body).where(folders.c.id == a.my_folder)
    await a.session.execute(statement.where(notes.c.id == a.victims_note, notes.c.id != folders.c.id))
    return (await a.session.execute(select(a.m.Folder.name).filter_by(id=a.my_folder))).all()


@attack()
async def update_from_orm(a: Attacker) -> object:
    """The same by the ORM."""
    folder, note = a.m.Folder, a.m.Note
    statement = (
        update(folder)
        .values(name=note.body)
        .where(folder.id == a.my_folder, note.id == a.victims_note, note.id != folder.id)
    )
    await a.session.execute(statement, execution_options={"synchronize_session": False})
    return (await a.session.execute(select(folder.name).where(folder.id == a.my_folder))).all()


@attack()
async def delete_using(a: Attacker) -> object:
    """Delete by a condition that joins another table."""
    settings, notes = a.m.Setting.__table__, a.m.Note.__table__
    there = select(notes.c.id).where(notes.c[a.m.owner] == settings.c[a.m.owner]).exists()
    await a.session.execute(settings.delete().where(there))
    await a.session.commit()
    return None


@attack()
async def update_returning_core(a: Attacker) -> object:
    """Read by RETURNING of an update."""
    table = a.m.Note.__table__
    return (await a.session.execute(table.update().values(number=table.c.number).returning(table))).all()


@attack()
async def returning_subquery(a: Attacker) -> object:
    """Change an own row and let it return a foreign value."""
    table, notes = a.m.Folder.__table__, a.m.Note.__table__.alias()
    body = select(notes.c.body).where(notes.c.id == a.victims_note).scalar_subquery()
    statement = table.update().where(table.c.id == a.my_folder).values(name="x")
    return (await a.session.execute(statement.returning(table.c.id, body))).all()


@attack()
async def returning_literal(a: Attacker) -> object:
    """The same with a text."""
    table = a.m.Folder.__table__
    statement = table.update().where(table.c.id == a.my_folder).values(name="x")
    loot = literal_column("(SELECT min(body) FROM notes)")
    return (await a.session.execute(statement.returning(table.c.id, loot))).all()


@attack()
async def set_to_literal(a: Attacker) -> object:
    """Set an own column to a text with a subquery."""
    table = a.m.Folder.__table__
    statement = table.update().where(table.c.id == a.my_folder)
    await a.session.execute(statement.values(name=text("(SELECT min(body) FROM notes)")))
    return (await a.session.execute(select(a.m.Folder.name).filter_by(id=a.my_folder))).all()


@attack()
async def update_in_cte(a: Attacker) -> object:
    """Read a foreign row by a common table expression of an update."""
    everything = select(a.m.Note.id, a.m.Note.body).cte("everything")
    body = select(everything.c.body).where(everything.c.id == a.victims_note).scalar_subquery()
    folders = a.m.Folder.__table__
    statement = folders.update().where(folders.c.id == a.my_folder).values(name=body)
    await a.session.execute(statement.add_cte(everything))
    return (await a.session.execute(select(a.m.Folder.name).filter_by(id=a.my_folder))).all()


@attack()
async def lookalike_update(a: Attacker) -> object:
    """Update a table that only looks like the guarded one."""
    from sqlalchemy import column, table

    notes = table("notes", column("title"))
    await a.session.execute(notes.update().values(title="pwned"))
    await a.session.commit()
    return None


@attack()
async def association_delete(a: Attacker) -> object:
    """Take all tags off all notes."""
    await a.session.execute(a.m.note_tags.delete())
    await a.session.commit()
    return None
