"""Objects of a guarded session: the owner on new ones, foreign ones refused, one engine for life."""

from typing import Any

import pytest
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.exc import StaleDataError

from cellwall import RequestSession
from cellwall.runtime.database import Owner
from cellwall.runtime.errors import ForeignRowError, UnguardedStatementError


async def foreign(guarded: Any, model: Any) -> Any:
    """Give a detached object that Bob's session read."""
    session = await guarded.open(Owner("user", "bob"))
    item = (await session.scalars(select(model))).one()
    session.expunge(item)
    await session.close()
    return item


async def test_the_owner_is_written_onto_objects(guarded: Any, session: RequestSession) -> None:
    folder, note = guarded.Folder(name="new"), guarded.Note(text="new", user_id="ada")
    session.add_all([folder, note])
    await session.flush()
    assert (folder.owner, note.user_id) == ("ada", "ada")


async def test_another_owner_is_refused(guarded: Any, session: RequestSession) -> None:
    session.add(guarded.Folder(name="forged", owner="bob"))
    with pytest.raises(ForeignRowError):
        await session.commit()
    await session.rollback()
    folder = (await session.scalars(select(guarded.Folder))).one()
    folder.owner = "bob"
    with pytest.raises(ForeignRowError):
        await session.commit()
    await session.rollback()
    assert len(await guarded.seen("SELECT * FROM folders WHERE user_id = 'bob'")) == 1


async def test_foreign_objects_cannot_be_attached(guarded: Any, session: RequestSession) -> None:
    note = await foreign(guarded, guarded.Note)
    with pytest.raises(ForeignRowError):
        session.add(note)
    assert note not in session
    with pytest.raises(ForeignRowError):
        await session.delete(note)
    with pytest.raises(ForeignRowError):
        await session.merge(note)
        await session.flush()


async def test_a_forged_object_changes_nothing(guarded: Any, session: RequestSession) -> None:
    forged = guarded.Note(id=2, user_id="ada")
    make_transient_to_detached(forged)
    session.add(forged)
    forged.text = "stolen"
    with pytest.raises(ForeignRowError) as caught:
        await session.commit()
    assert isinstance(caught.value, StaleDataError), "who handles stale rows handles these"
    assert await guarded.seen("SELECT text FROM notes WHERE id = 2") == [("bob's",)]


async def test_a_foreign_child_is_not_moved(guarded: Any, session: RequestSession) -> None:
    forged = guarded.Note(id=2, user_id="ada", folder_id=None)
    make_transient_to_detached(forged)
    session.add(forged)
    folder = (await session.scalars(select(guarded.Folder))).one()
    (await folder.awaitable_attrs.notes).append(forged)
    with pytest.raises(ForeignRowError):
        await session.commit()
    assert await guarded.seen("SELECT folder_id FROM notes WHERE id = 2") == [(2,)]


async def test_updates_by_key_of_foreign_rows_are_refused(guarded: Any, session: RequestSession) -> None:
    with pytest.raises(ForeignRowError):
        await session.execute(update(guarded.Note), [{"id": 2, "text": "stolen"}])
    await session.rollback()
    with pytest.raises(ForeignRowError):
        await session.run_sync(lambda s: s.bulk_update_mappings(guarded.Note, [{"id": 2, "text": "stolen"}]))


async def test_the_engine_is_fixed(guarded: Any, session: RequestSession) -> None:
    other = create_engine("sqlite://")
    for bad in (other, guarded.engine.sync_engine):
        with pytest.raises(UnguardedStatementError):
            await session.execute(select(guarded.Note), bind_arguments={"bind": bad})
        with pytest.raises(UnguardedStatementError):
            await session.run_sync(lambda s, bad=bad: s.connection(bind_arguments={"bind": bad}))
    session.sync_session.bind = other
    assert list(await session.scalars(select(guarded.Note.text))) == ["ada's"]
    other.dispose()


async def test_info_says_nothing_about_the_owner(guarded: Any, session: RequestSession) -> None:
    session.info["cellwall_owner"] = Owner("user", "bob")
    session.info["user_id"] = "bob"
    assert list(await session.scalars(select(guarded.Note.text))) == ["ada's"]
    assert session.owner == Owner("user", "ada")
