"""SQL as text: what an injection ends in, and what a driver would run."""

from typing import Any

from sqlalchemy import DDL, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from attacks.attack import Attacker, attack


@attack()
async def text_select(a: Attacker) -> object:
    """Select by a text."""
    return (await a.session.execute(text("SELECT * FROM notes"))).all()


@attack()
async def text_with_columns(a: Attacker) -> object:
    """Type the columns of a text."""
    typed = text("SELECT id, body FROM notes").columns(a.m.Note.id, a.m.Note.body)
    return (await a.session.execute(typed)).all()


@attack()
async def text_as_subquery(a: Attacker) -> object:
    """Select from a text that became a subquery."""
    inner = text("SELECT id, body FROM notes").columns(a.m.Note.id, a.m.Note.body).subquery()
    return (await a.session.execute(select(inner))).all()


@attack()
async def text_update(a: Attacker) -> object:
    """Update by a text."""
    await a.session.execute(text("UPDATE notes SET title = 'pwned'"))
    await a.session.commit()
    return None


@attack()
async def text_delete(a: Attacker) -> object:
    """Delete by a text."""
    await a.session.execute(text("DELETE FROM settings"))
    await a.session.commit()
    return None


@attack()
async def text_insert(a: Attacker) -> object:
    """Insert for the victim by a text."""
    sql = f"INSERT INTO tags (id, label, {a.m.owner}) VALUES (6001, 'pwned', '{a.victim}')"
    await a.session.execute(text(sql))
    await a.session.commit()
    return None


@attack()
async def text_with_innocent_head(a: Attacker) -> object:
    """Begin like a harmless ping."""
    sql = "SELECT 1 AS one, body FROM notes UNION ALL SELECT 1, 'x'"
    return (await a.session.execute(text(sql))).all()


@attack()
async def text_with_comment(a: Attacker) -> object:
    """Hide the statement behind comments and white space."""
    return (await a.session.execute(text("/* SELECT 1 */\n-- SELECT 1\n\tsElEcT body FROM notes"))).all()


@attack()
async def driver_sql(a: Attacker) -> object:
    """Hand a string to the driver."""
    connection = await a.session.connection()
    return (await connection.exec_driver_sql("SELECT * FROM notes")).all()


@attack()
async def driver_sql_write(a: Attacker) -> object:
    """Write by a string for the driver."""
    connection = await a.session.connection()
    await connection.exec_driver_sql("UPDATE notes SET title = 'pwned'")
    await a.session.commit()
    return None


@attack()
async def driver_sql_like_a_ping(a: Attacker) -> object:
    """Hand the driver a ping that reads more."""
    connection = await a.session.connection()
    return (await connection.exec_driver_sql("SELECT 1 UNION ALL SELECT number FROM notes")).all()


@attack()
async def two_statements(a: Attacker) -> object:
    """Put a second statement behind a harmless one."""
    connection = await a.session.connection()
    results = []
    for sql in ("SELECT 1; SELECT body FROM notes", "SELECT body FROM notes; SELECT 1"):
        try:
            results.append((await connection.exec_driver_sql(sql)).all())
        except Exception as error:
            if "multiple commands" not in str(error) and "one statement" not in str(error):
                raise
            await a.session.rollback()
            connection = await a.session.connection()
    results.append((await connection.exec_driver_sql("SELECT body FROM notes")).all())
    return results


@attack()
async def savepoint_with_more(a: Attacker) -> object:
    """Let a statement begin like a savepoint."""
    connection = await a.session.connection()
    await connection.exec_driver_sql("SAVEPOINT sa_savepoint_1")
    return (await connection.exec_driver_sql("SELECT body FROM notes")).all()


@attack()
async def driver_connection(a: Attacker) -> object:
    """Ask SQLAlchemy for the connection of the driver and read there."""
    pooled = await (await a.session.connection()).get_raw_connection()
    raw: Any = pooled.driver_connection
    sql = "SELECT body FROM notes"
    return [tuple(row) for row in await (raw.fetch(sql) if a.postgres else raw.execute_fetchall(sql))]


@attack()
async def cursor_of_pooled_connection(a: Attacker) -> object:
    """Make a cursor on the pooled connection."""

    def read(session: Any) -> object:
        cursor = session.connection().connection.cursor()
        cursor.execute("SELECT body FROM notes")
        return cursor.fetchall()

    return await a.session.run_sync(read)


@attack()
async def connection_of_pool(a: Attacker) -> object:
    """Take a connection out of the engine's pool, where no session is."""

    def read(session: Any) -> object:
        pooled = session.get_bind().engine.pool.connect()
        try:
            cursor = pooled.cursor()
            cursor.execute("SELECT body FROM notes")
            return cursor.fetchall()
        finally:
            pooled.close()

    return await a.session.run_sync(read)


@attack()
async def raw_connection_of_engine(a: Attacker) -> object:
    """Take a raw connection from the engine."""

    def read(session: Any) -> object:
        pooled = session.get_bind().engine.raw_connection()
        try:
            cursor = pooled.cursor()
            cursor.execute("SELECT body FROM notes")
            return cursor.fetchall()
        finally:
            pooled.close()

    return await a.session.run_sync(read)


@attack()
async def cursor_in_run_sync(a: Attacker) -> object:
    """Use the synchronous connection's own execute."""

    def read(session: Any) -> object:
        return session.connection().exec_driver_sql("SELECT body FROM notes").all()

    return await a.session.run_sync(read)


@attack()
async def default_of_column(a: Attacker) -> object:
    """Execute a bare function with the read inside."""
    connection: AsyncConnection = await a.session.connection()
    return await connection.scalar(select(text("min(body) FROM notes")))


@attack(destroys=True)
async def drop_table(a: Attacker) -> object:
    """Drop the table."""
    await a.session.execute(DDL("DROP TABLE invoices"))
    await a.session.commit()
    return None


@attack(destroys=True)
async def drop_table_by_metadata(a: Attacker) -> object:
    """Drop the table by its own method."""
    connection = await a.session.connection()
    await connection.run_sync(a.m.Invoice.__table__.drop)
    await a.session.commit()
    return None


@attack(destroys=True)
async def rename_owner_column(a: Attacker) -> object:
    """Rename the owner's column away."""
    await a.session.execute(DDL(f"ALTER TABLE settings RENAME COLUMN {a.m.owner} TO nobody"))
    await a.session.commit()
    return None


@attack(destroys=True)
async def view_of_everything(a: Attacker) -> object:
    """Make a view that no guard knows and read it."""
    await a.session.execute(DDL("CREATE VIEW everything AS SELECT * FROM notes"))
    return (await a.session.execute(text("SELECT * FROM everything"))).all()


@attack(destroys=True)
async def temporary_copy(a: Attacker) -> object:
    """Copy everything into a temporary table."""
    await a.session.execute(text("CREATE TEMPORARY TABLE loot AS SELECT body FROM notes"))
    return (await a.session.execute(text("SELECT * FROM loot"))).all()


@attack(destroys=True)
async def empty_table(a: Attacker) -> object:
    """Empty the table at once."""
    await a.session.execute(DDL("TRUNCATE settings" if a.postgres else "DELETE FROM settings"))
    await a.session.commit()
    return None
