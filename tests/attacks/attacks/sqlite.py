"""What only SQLite offers."""

from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from attacks.attack import Attacker, attack


async def _file(a: Attacker, user: str) -> str:
    async with a.arena.trusted(user) as connection:
        rows = await connection.exec_driver_sql("PRAGMA database_list")
        return str(rows.all()[0][2])


@attack(only="sqlite")
async def attach_the_file(a: Attacker) -> object:
    """Attach the file in which the victim's rows are."""
    path = await _file(a, a.victim)
    connection = await a.session.connection()
    await a.session.rollback()
    await (await a.session.connection()).execute(text("ATTACH DATABASE :path AS other"), {"path": path})
    del connection
    return (await a.session.execute(text("SELECT body FROM other.notes"))).all()


@attack(only="sqlite")
async def attach_by_driver(a: Attacker) -> object:
    """Attach it by a string for the driver."""
    path = await _file(a, a.victim)
    connection = await a.session.connection()
    await connection.exec_driver_sql(f"ATTACH DATABASE '{path}' AS other")
    return (await connection.exec_driver_sql("SELECT body FROM other.notes")).all()


@attack(only="sqlite")
async def vacuum_into(a: Attacker) -> object:
    """Copy the whole database into a file that can be read."""
    path = await _file(a, a.me)
    copy = Path(path).with_name("copy.sqlite3")
    raw = await (await a.session.connection()).get_raw_connection()
    del raw
    await a.session.rollback()
    connection = await a.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
    await connection.execute(text("VACUUM INTO :path"), {"path": str(copy)})
    return copy.read_bytes().find(b"canary-9f81c4d2") >= 0 and "canary-9f81c4d2"


@attack(only="sqlite")
async def schema_table(a: Attacker) -> object:
    """Change the schema's own table by a pragma, after which a view reads everything."""
    connection = await a.session.connection()
    await connection.exec_driver_sql("PRAGMA query_only")
    return (await connection.exec_driver_sql("SELECT body FROM notes")).all()


@attack(only="sqlite")
async def table_valued_function(a: Attacker) -> object:
    """Unfold a JSON text made of all rows."""
    fold = select(func.json_group_array(a.m.Note.__table__.c.body)).scalar_subquery()
    unfolded = func.json_each(fold).table_valued("value")
    return (await a.session.execute(select(unfolded.c.value))).all()


@attack(only="sqlite")
async def row_ids(a: Attacker) -> object:
    """Guess row numbers instead of ids."""
    rowid: Any = text("notes.rowid BETWEEN 1000 AND 1100")
    return (await a.session.scalars(select(a.m.Note).where(rowid))).all()


@attack(only="sqlite")
async def foreign_keys_off(a: Attacker) -> object:
    """Switch foreign keys off and point into the void that is the victim's."""
    await a.session.execute(text("PRAGMA foreign_keys=OFF"))
    note = a.m.Note(slug="p", title="x", body="x", folder_id=a.victims_folder, **a.owned_by(a.me))
    a.session.add(note)
    await a.session.commit()
    return None


@attack(only="sqlite", destroys=True)
async def trigger(a: Attacker) -> object:
    """Leave a trigger that copies what the victim writes into an own row."""
    sql = (
        "CREATE TRIGGER spy AFTER INSERT ON tags BEGIN "
        f"UPDATE folders SET name = new.label WHERE id = {a.my_folder}; END"
    )
    await a.session.execute(text(sql))
    await a.session.commit()
    async with a.victims() as hers:
        tag = a.m.Tag(label="canary-9f81c4d2", **a.owned_by(a.victim))
        hers.add(tag)
        await hers.commit()
        await hers.delete(tag)
        await hers.commit()
    async with a.another() as mine:
        return (await mine.scalars(select(a.m.Folder.name).filter_by(id=a.my_folder))).all()
