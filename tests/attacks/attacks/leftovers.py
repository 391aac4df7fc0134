"""What a pooled connection remembers of the request before: counters, numbers, settings, temporary things."""

from typing import Any

from sqlalchemy import func, insert, select, text, update

from attacks.attack import Attacker, attack

UNTRACKED = {"synchronize_session": False}


async def _victim_writes(a: Attacker) -> None:
    """Let Victoria change each of her tags to what it is, and commit: one row, or none in the other world."""
    async with a.victims() as hers:
        await hers.execute(
            update(a.m.Tag).filter_by(**a.owned_by(a.victim)).values(label=a.m.Tag.label),
            execution_options=UNTRACKED,
        )
        await hers.commit()


@attack(only="sqlite", oracle=True)
async def rows_changed_before(a: Attacker) -> object:
    """Ask the connection how many rows its last statement changed, which was the victim's."""
    await _victim_writes(a)
    return await a.session.scalar(select(func.changes()))


@attack(only="sqlite", oracle=True)
async def rows_changed_in_all(a: Attacker) -> object:
    """Ask how many rows were changed since the connection was opened, and again after the victim's turn."""
    before = await a.session.scalar(select(func.total_changes()))
    await a.session.rollback()
    await _victim_writes(a)
    return await a.session.scalar(select(func.total_changes())) - before


async def _victim_adds(a: Attacker) -> None:
    async with a.victims() as hers:
        tag = a.m.Tag(id=918273645, label="x", **a.owned_by(a.victim))
        hers.add(tag)
        await hers.commit()
        await hers.delete(tag)
        await hers.commit()


@attack(only="sqlite")
async def key_made_before(a: Attacker) -> object:
    """Ask the connection for the last key that it made, which was the victim's."""
    await _victim_adds(a)
    return await a.session.scalar(select(func.last_insert_rowid()))


@attack(only="sqlite")
async def key_made_before_in_write(a: Attacker) -> object:
    """Ask for it in a write of one's own, before that has made a key."""
    await _victim_adds(a)
    value = func.last_insert_rowid()
    row: dict[str, Any] = {"key": "k", "value": value, **a.owned_by(a.me)}
    await a.session.execute(insert(a.m.Setting.__table__).values(row))
    return (await a.session.scalars(select(a.m.Setting.value))).all()


@attack(only="sqlite", oracle=True)
async def rows_changed_in_condition(a: Attacker) -> object:
    """Ask by text how many rows were changed."""
    await _victim_writes(a)
    return (await a.session.scalars(select(a.m.Currency.code).where(text("changes() > 0")))).all()


@attack(only="postgresql")
async def sequence_value_before(a: Attacker) -> object:
    """Ask the connection for the last number that it drew, which was the victim's."""
    async with a.arena.trusted(a.victim) as connection:
        await connection.execute(text("SELECT setval('tags_id_seq', 918273644)"))
        await connection.commit()
    async with a.victims() as hers:
        hers.add(a.m.Tag(label="x", **a.owned_by(a.victim)))
        await hers.flush()
        await hers.rollback()
    return await a.session.scalar(select(func.lastval()))


@attack(only="postgresql")
async def listening_across_requests(a: Attacker) -> object:
    """Begin to listen in one request, so that what a victim notifies arrives at one's next."""
    await a.session.execute(text("LISTEN news"))
    await a.session.commit()
    async with a.arena.trusted(a.victim) as connection:
        await connection.execute(text("SELECT pg_notify('news', 'canary-9f81c4d2')"))
        await connection.commit()
    raw = await (await a.session.connection()).get_raw_connection()
    heard: list[object] = []
    driver: Any = raw.driver_connection
    await driver.add_listener("news", lambda *told: heard.append(told[-1]))
    async with a.arena.trusted(a.victim) as connection:
        await connection.execute(text("SELECT pg_notify('news', 'canary-9f81c4d2')"))
        await connection.commit()
    await a.session.execute(text("SELECT 1"))
    await driver.remove_listener("news", print)
    return heard


@attack(only="postgresql", oracle=True)
async def lock_of_the_session(a: Attacker) -> object:
    """Learn by an advisory lock whether the victim is at work on a row."""
    key = a.victims_note
    async with a.arena.trusted(a.victim) as connection:
        query = select(func.pg_advisory_lock(a.m.Note.__table__.c.id)).where(a.m.Note.__table__.c.id == key)
        await connection.execute(query)
        got = await a.session.scalar(select(func.pg_try_advisory_lock(key)))
        await a.session.execute(text("SELECT pg_advisory_unlock_all()"))
        return got


@attack(only="postgresql")
async def temporary_table_of_victim(a: Attacker) -> object:
    """Read what a victim's request left in a temporary table of the connection that both get."""
    async with a.arena.trusted(a.victim) as connection:
        await connection.execute(text("SELECT 1"))
    async with a.victims() as hers:
        await hers.execute(text("CREATE TEMP TABLE draft AS SELECT body FROM notes"))
        await hers.commit()
    return (await a.session.execute(text("SELECT body FROM draft"))).all()


@attack(only="postgresql")
async def statistics_of_activity(a: Attacker) -> object:
    """Read in the server's own view what others are asking at this moment, values included."""
    async with a.arena.trusted(a.victim) as connection:
        await connection.execute(text("SELECT 'canary-9f81c4d2'"))
        query = "SELECT query FROM pg_stat_activity WHERE datname = current_database()"
        return (await a.session.execute(text(query))).all()


@attack(only="postgresql")
async def statistics_by_function(a: Attacker) -> object:
    """Read it by the function under the view."""
    async with a.arena.trusted(a.victim) as connection:
        await connection.execute(text("SELECT 'canary-9f81c4d2'"))
        activity = func.pg_stat_get_activity(None).table_valued("query", name="activity")
        return (await a.session.scalars(select(activity.c.query))).all()
