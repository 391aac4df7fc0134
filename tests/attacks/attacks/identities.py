"""Merging, identity maps, and objects that come from another session."""

from sqlalchemy import select
from sqlalchemy.orm import object_session

from attacks.attack import Attacker, attack
from attacks.loads import forged


@attack()
async def merge_to_read(a: Attacker) -> object:
    """Merge an object with the victim's id and look at what it became."""
    return await a.session.merge(a.m.Note(id=a.victims_note))


@attack()
async def merge_to_write(a: Attacker) -> object:
    """Merge an object with the victim's id and a new title."""
    await a.session.merge(a.m.Note(id=a.victims_note, slug="mine", title="pwned", **a.owned_by(a.me)))
    await a.session.commit()
    return None


@attack()
async def merge_as_victim(a: Attacker) -> object:
    """Merge an object that says it is the victim's."""
    await a.session.merge(a.m.Note(id=a.victims_note, title="pwned", **a.owned_by(a.victim)))
    await a.session.commit()
    return None


@attack()
async def merge_without_load(a: Attacker) -> object:
    """Merge a forged object without asking the database, and change it."""
    note = await a.session.merge(forged(a, a.m.Note, a.victims_note), load=False)
    note.title = "pwned"
    await a.session.commit()
    return None


@attack()
async def merge_of_a_graph(a: Attacker) -> object:
    """Merge an own folder whose collection holds the victim's note."""
    folder = a.m.Folder(id=a.my_folder, name="mine", **a.owned_by(a.me))
    folder.notes = [a.m.Note(id=a.victims_note, title="pwned")]
    merged = await a.session.merge(folder)
    await a.session.commit()
    return merged.notes


@attack()
async def identity_map_reuse(a: Attacker) -> object:
    """Fill the identity map by a read under a false identity, then ask for the object again."""
    note = forged(a, a.m.Note, a.victims_note)
    a.session.add(note)
    again = await a.session.get(a.m.Note, a.victims_note, populate_existing=True)
    return again, await a.session.get(a.m.Note, a.victims_note)


@attack()
async def select_over_forged_identity(a: Attacker) -> object:
    """Let a select fill a forged object that waits in the identity map."""
    note = forged(a, a.m.Note, a.victims_note)
    a.session.add(note)
    await a.session.scalars(select(a.m.Note).execution_options(populate_existing=True))
    return note


@attack()
async def object_of_the_victims_session(a: Attacker) -> object:
    """Take a session out of an object that the victim's request left in a shared cache, and read there."""
    async with a.victims() as hers:
        cached = (await hers.scalars(select(a.m.Folder.id))).all()
        thing = a.m.Folder(name="draft", **a.owned_by(a.victim))
        hers.add(thing)
        assert cached and object_session(thing) is hers.sync_session
        hers.expunge(thing)
    left = object_session(thing)
    assert left is None
    note = forged(a, a.m.Note, a.victims_note)
    a.session.add(note)
    await a.session.refresh(note, ["title", "body"])
    return note


@attack()
async def get_one_of_several_keys(a: Attacker) -> object:
    """Get by ids one after the other."""
    models = (a.m.Folder, a.m.Note, a.m.Tag, a.m.Setting, a.m.Document)
    return [await a.session.get(model, identity) for model in models for identity in range(1001, 1007)]


@attack()
async def primary_key_change(a: Attacker) -> object:
    """Give a forged object another primary key, so that the victim's row moves."""
    setting = forged(a, a.m.Setting, a.victims_setting)
    a.session.add(setting)
    setting.id = 6001
    await a.session.commit()
    return None
