"""Second-order writes: the ORM changes other rows because a relationship was changed."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from attacks.attack import Attacker, attack
from attacks.loads import forged


@attack()
async def append_forged_child(a: Attacker) -> object:
    """Put the victim's note into an own folder's collection, which updates the note."""
    query = select(a.m.Folder).filter_by(id=a.my_folder).options(selectinload(a.m.Folder.notes))
    folder = (await a.session.scalars(query)).one()
    folder.notes.append(forged(a, a.m.Note, a.victims_note))
    await a.session.commit()
    return None


@attack()
async def new_parent_of_forged_child(a: Attacker) -> object:
    """Make a new folder around the victim's note."""
    note = forged(a, a.m.Note, a.victims_note)
    a.session.add(a.m.Folder(name="trap", notes=[note], **a.owned_by(a.me)))
    await a.session.commit()
    return None


@attack()
async def child_of_forged_parent(a: Attacker) -> object:
    """Put a new note into the victim's folder by the relationship."""
    folder = forged(a, a.m.Folder, a.victims_folder)
    a.session.add(folder)
    note = a.m.Note(slug="c", title="x", body="x", **a.owned_by(a.me))
    note.folder = folder
    a.session.add(note)
    await a.session.commit()
    return None


@attack()
async def child_moved_to_forged_parent(a: Attacker) -> object:
    """Move an own note into the victim's folder by the relationship."""
    query = select(a.m.Note).filter_by(id=a.my_note).options(selectinload(a.m.Note.folder))
    note = (await a.session.scalars(query)).one()
    note.folder = forged(a, a.m.Folder, a.victims_folder)
    await a.session.commit()
    return None


@attack()
async def tag_of_forged(a: Attacker) -> object:
    """Put the victim's tag onto an own note by the association."""
    note = a.m.Note(slug="t", title="x", body="x", **a.owned_by(a.me))
    note.tags = [forged(a, a.m.Tag, a.victims_tag)]
    a.session.add(note)
    await a.session.commit()
    return None


@attack()
async def own_tag_on_forged_note(a: Attacker) -> object:
    """Put an own tag onto the victim's note by the association."""
    tag = a.m.Tag(label="mine", **a.owned_by(a.me))
    tag.notes = [forged(a, a.m.Note, a.victims_note)]
    a.session.add(tag)
    await a.session.commit()
    return None


@attack()
async def release_of_children(a: Attacker) -> object:
    """Empty an own folder that holds a stray note of the victim's, which sets its folder to nothing."""
    query = select(a.m.Folder).filter_by(id=a.my_folder).options(selectinload(a.m.Folder.notes))
    folder = (await a.session.scalars(query)).one()
    folder.notes = []
    await a.session.commit()
    return None


@attack()
async def forged_child_released(a: Attacker) -> object:
    """Pretend that the victim's note had been in an own folder, and take it out."""
    folder = forged(a, a.m.Folder, a.my_folder, name="x")
    note = forged(a, a.m.Note, a.victims_note, folder_id=a.my_folder)
    a.session.add_all([folder, note])
    note.folder_id = None
    await a.session.commit()
    return None


@attack()
async def own_folder_deleted(a: Attacker) -> object:
    """Delete an own folder, which sets the folder of all notes in it to nothing."""
    query = select(a.m.Folder).filter_by(id=a.my_folder).options(selectinload(a.m.Folder.notes))
    folder = (await a.session.scalars(query)).one()
    await a.session.delete(folder)
    await a.session.commit()
    return None


@attack()
async def forged_children_of_folder(a: Attacker) -> object:
    """Hang the victim's folder under an own one."""
    mine = a.m.Folder(name="top", **a.owned_by(a.me))
    mine.children = [forged(a, a.m.Folder, a.victims_folder)]
    a.session.add(mine)
    await a.session.commit()
    return None


@attack()
async def associations_removed(a: Attacker) -> object:
    """Take the tags off a forged note, which deletes association rows."""
    note = forged(a, a.m.Note, a.victims_note)
    a.session.add(note)
    tag = forged(a, a.m.Tag, a.victims_tag, label="x")
    a.session.add(tag)
    (await note.awaitable_attrs.tags).clear()
    await a.session.commit()
    table = a.m.note_tags
    await a.session.execute(table.delete().where(table.c.note_id == a.victims_note))
    await a.session.commit()
    return None
