"""Reads by Core: tables, look-alikes of tables, and connections, where the ORM's criteria do not reach."""

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    column,
    func,
    quoted_name,
    select,
    table,
    true,
)

from attacks.attack import Attacker, attack


@attack()
async def core_table(a: Attacker) -> object:
    """Select the table itself."""
    return (await a.session.execute(select(a.m.Note.__table__))).all()


@attack()
async def core_alias(a: Attacker) -> object:
    """Select an alias of the table."""
    return (await a.session.execute(select(a.m.Note.__table__.alias("n")))).all()


@attack()
async def core_join(a: Attacker) -> object:
    """Select a join of two tables."""
    both = a.m.Folder.__table__.join(a.m.Note.__table__, true())
    return (await a.session.execute(select(both))).all()


@attack()
async def core_subquery(a: Attacker) -> object:
    """Select a subquery of the table."""
    inner = select(a.m.Note.__table__).subquery()
    return (await a.session.execute(select(inner.c.body))).all()


@attack()
async def core_count_of_secret(a: Attacker) -> object:
    """Fold the table's column."""
    return (await a.session.execute(select(func.min(a.m.Note.__table__.c.body)))).all()


@attack()
async def core_beside_orm(a: Attacker) -> object:
    """Put a bare table beside an entity."""
    notes = a.m.Note.__table__.alias()
    return (await a.session.execute(select(a.m.Folder.id, notes.c.body).join(notes, true()))).all()


@attack()
async def association_table(a: Attacker) -> object:
    """Read which note has which tag, for everybody, with the labels."""
    links, tags = a.m.note_tags, a.m.Tag.__table__
    return (await a.session.execute(select(links, tags.c.label).join(tags))).all()


@attack()
async def lightweight_table(a: Attacker) -> object:
    """Name a table that no metadata knows."""
    notes = table("notes", column("id"), column("body"))
    return (await a.session.execute(select(notes))).all()


@attack()
async def same_name_elsewhere(a: Attacker) -> object:
    """Declare a table of the same name, without an owner, in a metadata of one's own."""
    notes = Table("notes", MetaData(), Column("id", Integer), Column("body", String))
    return (await a.session.execute(select(notes))).all()


@attack()
async def reflected_table(a: Attacker) -> object:
    """Reflect the table from the database."""
    connection = await a.session.connection()
    notes = await connection.run_sync(lambda sync: Table("notes", MetaData(), autoload_with=sync))
    return (await a.session.execute(select(notes))).all()


@attack()
async def quoted_table(a: Attacker) -> object:
    """Write the name with quotes."""
    notes = table(quoted_name("notes", True), column("body"))
    return (await a.session.execute(select(notes))).all()


@attack()
async def qualified_table(a: Attacker) -> object:
    """Write the name with its schema."""
    notes = table("notes", column("body"), schema="public" if a.postgres else "main")
    return (await a.session.execute(select(notes))).all()


@attack()
async def upper_case_table(a: Attacker) -> object:
    """Write the name in capitals, unquoted."""
    notes = table(quoted_name("NOTES", False), column("body"))
    return (await a.session.execute(select(notes))).all()


@attack()
async def table_name_with_more(a: Attacker) -> object:
    """Hide the table in a name that is not quoted."""
    notes = table(quoted_name("notes AS everything", False))
    return (await a.session.execute(select(column("body")).select_from(notes))).all()


@attack()
async def connection_of_session(a: Attacker) -> object:
    """Take the session's connection and read there."""
    connection = await a.session.connection()
    return (await connection.execute(select(a.m.Note.__table__))).all()


@attack()
async def entity_on_connection(a: Attacker) -> object:
    """Execute an ORM statement on the connection, where no session sees it."""
    connection = await a.session.connection()
    return (await connection.execute(select(a.m.Note.id, a.m.Note.body))).all()


@attack()
async def stream_on_connection(a: Attacker) -> object:
    """Stream from the connection."""
    connection = await a.session.connection()
    async with connection.stream(select(a.m.Note.__table__)) as rows:
        return [tuple(row) async for row in rows]


@attack()
async def columns_alone(a: Attacker) -> object:
    """Select bare columns that only look like the table's."""
    return (await a.session.execute(select(column("body")).select_from(table("notes")))).all()


@attack()
async def temporary_schema_translation(a: Attacker) -> object:
    """Read with a schema translation on the statement."""
    options = {"schema_translate_map": {None: "public" if a.postgres else "main"}}
    return (await a.session.execute(select(a.m.Note.__table__), execution_options=options)).all()
