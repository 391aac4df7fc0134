"""Loads that the ORM makes by itself: relationships, refreshes, deferred and expired columns."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import (
    joinedload,
    make_transient,
    make_transient_to_detached,
    selectinload,
    subqueryload,
    undefer,
)

from attacks.attack import Attacker, attack


def forged(a: Attacker, model: Any, identity: int, **values: Any) -> Any:
    """Make an object that looks as if it had been loaded and then detached."""
    thing = model(id=identity, **values)
    make_transient_to_detached(thing)
    return thing


@attack()
async def refresh_of_detached(a: Attacker) -> object:
    """Add an object with the victim's id as if detached, and refresh it."""
    note = forged(a, a.m.Note, a.victims_note)
    a.session.add(note)
    await a.session.refresh(note)
    return note


@attack()
async def refresh_of_one_attribute(a: Attacker) -> object:
    """Refresh only the column that matters."""
    note = forged(a, a.m.Note, a.victims_note)
    a.session.add(note)
    await a.session.refresh(note, ["body"])
    return note


@attack()
async def expired_attribute(a: Attacker) -> object:
    """Await an unloaded attribute of it."""
    note = forged(a, a.m.Note, a.victims_note)
    a.session.add(note)
    return await note.awaitable_attrs.body


@attack()
async def deferred_column(a: Attacker) -> object:
    """Await a deferred column of it."""
    note = forged(a, a.m.Note, a.victims_note)
    a.session.add(note)
    return await note.awaitable_attrs.memo


@attack()
async def undeferred_column(a: Attacker) -> object:
    """Select with the deferred column undeferred."""
    return (await a.session.scalars(select(a.m.Note).options(undefer(a.m.Note.memo)))).all()


@attack()
async def own_object_renamed(a: Attacker) -> object:
    """Turn an own loaded object into the victim's by making it transient, and refresh it."""
    note = await a.session.get(a.m.Note, a.my_note)
    assert note is not None
    make_transient(note)
    note.id = a.victims_note
    make_transient_to_detached(note)
    a.session.add(note)
    await a.session.refresh(note)
    return note


@attack()
async def lazy_collection(a: Attacker) -> object:
    """Await the notes of the victim's folder through a forged folder."""
    folder = forged(a, a.m.Folder, a.victims_folder)
    a.session.add(folder)
    return await folder.awaitable_attrs.notes


@attack()
async def lazy_reference(a: Attacker) -> object:
    """Await the folder of an own note that points across."""
    note = forged(a, a.m.Note, a.my_note, folder_id=a.victims_folder)
    a.session.add(note)
    return await note.awaitable_attrs.folder


@attack()
async def lazy_association(a: Attacker) -> object:
    """Await the tags of the victim's note through a forged note."""
    note = forged(a, a.m.Note, a.victims_note)
    a.session.add(note)
    return await note.awaitable_attrs.tags


@attack()
async def joinedload_across(a: Attacker) -> object:
    """Load own notes with their folders, one of which is the victim's."""
    query = select(a.m.Note).options(joinedload(a.m.Note.folder), joinedload(a.m.Note.tags))
    mine = query.where(getattr(a.m.Note, a.m.owner) == a.me)
    return [(n, n.folder, n.tags) for n in (await a.session.scalars(mine)).unique().all()]


@attack()
async def selectinload_across(a: Attacker) -> object:
    """Load the notes in an own folder, one of which is the victim's."""
    query = select(a.m.Folder).options(selectinload(a.m.Folder.notes)).filter_by(id=a.my_folder)
    return [folder.notes for folder in (await a.session.scalars(query)).all()]


@attack()
async def subqueryload_across(a: Attacker) -> object:
    """The same by a subquery."""
    query = select(a.m.Folder).options(subqueryload(a.m.Folder.notes)).filter_by(id=a.my_folder)
    return [folder.notes for folder in (await a.session.scalars(query)).all()]


@attack()
async def selectinload_association(a: Attacker) -> object:
    """Load the tags of an own note, one of which is the victim's."""
    query = select(a.m.Note).options(selectinload(a.m.Note.tags)).filter_by(id=a.my_note)
    return [note.tags for note in (await a.session.scalars(query)).all()]


@attack()
async def load_for_forged_parent(a: Attacker) -> object:
    """Let a forged folder's collection be loaded by a refresh."""
    folder = forged(a, a.m.Folder, a.victims_folder, name="x", parent_id=None, **a.owned_by(a.me))
    a.session.add(folder)
    await a.session.refresh(folder, ["notes"])
    return folder.notes


@attack()
async def subclass_columns(a: Attacker) -> object:
    """Load the columns of a subclass for an object known only by its parent's id."""
    invoice = forged(a, a.m.Invoice, a.victims_invoice, kind="invoice")
    a.session.add(invoice)
    return await invoice.awaitable_attrs.iban
