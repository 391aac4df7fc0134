"""What only PostgreSQL offers."""

from sqlalchemy import (
    Integer,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    select,
    table,
    tablesample,
    text,
    true,
    update,
)

from attacks.attack import Attacker, attack


@attack(only="postgresql")
async def lateral(a: Attacker) -> object:
    """Read by a lateral join."""
    inner = select(a.m.Note.body).where(a.m.Note.id != a.m.Folder.id).lateral()
    return (await a.session.execute(select(a.m.Folder.id, inner.c.body).join(inner, true()))).all()


@attack(only="postgresql")
async def sampled(a: Attacker) -> object:
    """Read a sample of all rows."""
    sample = tablesample(a.m.Note.__table__, func.bernoulli(100))
    return (await a.session.execute(select(sample.c.body))).all()


@attack(only="postgresql")
async def update_in_cte_returning(a: Attacker) -> object:
    """Read by an update inside a common table expression."""
    notes = a.m.Note.__table__
    changed = update(notes).values(number=notes.c.number).returning(notes.c.body).cte("changed")
    return (await a.session.execute(select(changed))).all()


@attack(only="postgresql")
async def delete_in_cte(a: Attacker) -> object:
    """Delete inside a common table expression."""
    gone = delete(a.m.Setting.__table__).returning(a.m.Setting.__table__.c.id).cte("gone")
    await a.session.execute(select(func.count()).select_from(gone))
    await a.session.commit()
    return None


@attack(only="postgresql")
async def insert_in_cte(a: Attacker) -> object:
    """Insert for the victim inside a common table expression."""
    values = {"label": "forged", **a.owned_by(a.victim)}
    made = insert(a.m.Tag.__table__).values(values).returning(a.m.Tag.__table__.c.id).cte("made")
    await a.session.execute(select(made))
    await a.session.commit()
    return None


@attack(only="postgresql")
async def text_search_statistics(a: Attacker) -> object:
    """Call another function that runs a text."""
    words = func.ts_stat("SELECT to_tsvector('simple', replace(body, '-', '')) FROM notes")
    named = words.table_valued("word")
    found = (await a.session.execute(select(named.c.word))).scalars().all()
    return [word.replace("canary", "canary-") for word in found]


@attack(only="postgresql")
async def planner_statistics(a: Attacker) -> object:
    """Read values that the planner keeps of the column."""
    async with a.arena.trusted(a.victim) as connection:
        rows = [{"label": "canary-9f81c4d2", **a.owned_by(a.victim)} for _ in range(30)]
        await connection.execute(a.m.Tag.__table__.insert(), rows)
        await connection.execute(text("ANALYZE tags"))
        await connection.execute(a.m.Tag.__table__.delete().where(a.m.Tag.__table__.c.id < 1000))
        await connection.commit()
    stats = table("pg_stats", column("tablename"), column("attname"), column("most_common_vals"))
    loot = select(func.array_to_string(stats.c.most_common_vals, ",")).where(stats.c.tablename == "tags")
    return (await a.session.execute(loot)).all()


@attack(only="postgresql")
async def reset_role(a: Attacker) -> object:
    """Give up the role that the request was given."""
    await a.session.execute(text("RESET ROLE"))
    return (await a.session.execute(text("SELECT body FROM notes"))).all()


@attack(only="postgresql")
async def reset_all(a: Attacker) -> object:
    """Reset every setting."""
    await a.session.execute(text("RESET ALL"))
    return (await a.session.scalars(select(a.m.Note))).all()


@attack(only="postgresql")
async def row_security_off(a: Attacker) -> object:
    """Switch row security off."""
    await a.session.execute(text("SET row_security = off"))
    return (await a.session.scalars(select(a.m.Note))).all()


def _settings(a: Attacker) -> list[str]:
    return [
        "cellwall.owner",
        "cellwall.user_id",
        "cellwall.token",
        "app.current_tenant",
        "app.tenant_id",
        "app.user_id",
    ]


@attack(only="postgresql")
async def set_config_by_text(a: Attacker) -> object:
    """Say by a setting that this is the victim's transaction."""
    for name in _settings(a):
        sql = text("SELECT set_config(:name, :value, true)").bindparams(name=name, value=a.victim)
        await a.session.execute(sql)
    return (await a.session.scalars(select(a.m.Note))).all()


@attack(only="postgresql")
async def set_config_by_function(a: Attacker) -> object:
    """The same by a function in a select without a table."""
    for name in _settings(a):
        await a.session.execute(select(func.set_config(name, a.victim, True)))
    return (await a.session.scalars(select(a.m.Note))).all()


@attack(only="postgresql")
async def set_config_in_condition(a: Attacker) -> object:
    """The same inside a condition of an ordinary read."""
    setting = func.set_config(bindparam("name", "cellwall.owner"), a.victim, True)
    await a.session.execute(select(a.m.Folder.id).where(setting == a.victim))
    return (await a.session.scalars(select(a.m.Note))).all()


@attack(only="postgresql")
async def set_session_setting(a: Attacker) -> object:
    """Set it for the whole connection, and come back."""
    for name in _settings(a):
        await a.session.execute(text(f"SET {name} = '{a.victim}'"))
    await a.session.commit()
    async with a.another() as mine:
        return (await mine.scalars(select(a.m.Note))).all()


@attack(only="postgresql")
async def cursor_with_hold(a: Attacker) -> object:
    """Declare a cursor that outlives the transaction."""
    await a.session.execute(text("DECLARE loot CURSOR WITH HOLD FOR SELECT body FROM notes"))
    await a.session.commit()
    return (await a.session.execute(text("FETCH ALL FROM loot"))).all()


@attack(only="postgresql")
async def prepared_statement(a: Attacker) -> object:
    """Prepare a statement and execute it."""
    await a.session.execute(text("PREPARE loot AS SELECT body FROM notes"))
    return (await a.session.execute(text("EXECUTE loot"))).all()


@attack(only="postgresql")
async def anonymous_block(a: Attacker) -> object:
    """Write in a block of code."""
    await a.session.execute(text("DO $$ BEGIN UPDATE notes SET title = 'pwned'; END $$"))
    await a.session.commit()
    return None


@attack(only="postgresql")
async def copy_to_file(a: Attacker) -> object:
    """Copy the table into a file of the server and read that."""
    async with a.arena.trusted(a.victim) as connection:
        folder = await connection.scalar(text("SELECT current_setting('data_directory')"))
    await a.session.execute(text(f"COPY (SELECT body FROM notes) TO '{folder}/loot'"))
    return await a.session.scalar(text("SELECT pg_read_file('loot')"))


@attack(only="postgresql", destroys=True)
async def function_of_definer(a: Attacker) -> object:
    """Make a function and let it read."""
    body = "SELECT min(body) FROM notes"
    sql = f"CREATE FUNCTION loot() RETURNS text LANGUAGE sql SECURITY DEFINER AS '{body}'"
    await a.session.execute(text(sql))
    return (await a.session.execute(select(func.loot()))).all()


@attack(only="postgresql", destroys=True)
async def policy_dropped(a: Attacker) -> object:
    """Switch off the table's own wall."""
    await a.session.execute(text("ALTER TABLE notes DISABLE ROW LEVEL SECURITY"))
    await a.session.commit()
    return (await a.session.execute(text("SELECT body FROM notes"))).all()


@attack(only="postgresql")
async def system_columns(a: Attacker) -> object:
    """Address a row by its place in the table."""
    places = ", ".join(f"'(0,{number})'" for number in range(1, 12))
    found = select(a.m.Note.body).where(text(f"ctid = ANY(CAST(ARRAY[{places}] AS tid[]))"))
    return (await a.session.execute(found)).all()


@attack(only="postgresql")
async def error_that_tells(a: Attacker) -> object:
    """Let an error's text carry the secret."""
    body = select(a.m.Note.body).where(a.m.Note.id == a.victims_note).scalar_subquery()
    return await a.session.scalar(select(cast(body, Integer)))
