"""What is left of one request in the next: savepoints, nested sessions, cursors, pooled connections."""

import asyncio
from contextlib import suppress
from typing import Any

from sqlalchemy import event, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from attacks.attack import Attacker, attack


@attack()
async def read_in_savepoint(a: Attacker) -> object:
    """Read in a savepoint."""
    async with a.session.begin_nested():
        return (await a.session.execute(select(a.m.Note.__table__))).all()


@attack()
async def write_after_savepoint_failed(a: Attacker) -> object:
    """Fail in a savepoint and write on."""
    with suppress(ZeroDivisionError):
        async with a.session.begin_nested():
            a.session.add(a.m.Tag(label="x", **a.owned_by(a.me)))
            await a.session.flush()
            raise ZeroDivisionError
    statement = update(a.m.Note).where(a.m.Note.id == a.victims_note).values(title="pwned")
    await a.session.execute(statement, execution_options={"synchronize_session": False})
    await a.session.commit()
    return None


@attack()
async def nested_session_on_connection(a: Attacker) -> object:
    """Open a plain session on the connection of the session."""
    connection = await a.session.connection()
    async with AsyncSession(bind=connection) as nested:
        return (await nested.scalars(select(a.m.Note))).all()


@attack()
async def nested_sync_session(a: Attacker) -> object:
    """Open a plain synchronous session on the connection."""

    def read(session: Session) -> object:
        with Session(bind=session.connection()) as nested:
            return nested.scalars(select(a.m.Note)).all()

    return await a.session.run_sync(read)


@attack()
async def plain_session_on_engine(a: Attacker) -> object:
    """Open a plain session on the engine of the session, with no context at all."""
    async with AsyncSession(bind=_engine(a.session)) as plain:
        return (await plain.scalars(select(a.m.Note))).all()


@attack()
async def write_without_session(a: Attacker) -> object:
    """Write on the engine, with no session at all."""
    async with _engine(a.session).begin() as connection:
        await connection.execute(a.m.Note.__table__.update().values(title="pwned"))
    return None


@attack()
async def text_without_session(a: Attacker) -> object:
    """Read a string on the engine, with no session at all."""
    async with _engine(a.session).connect() as connection:
        return (await connection.exec_driver_sql("SELECT * FROM notes")).all()


def _engine(session: AsyncSession) -> Any:
    from sqlalchemy.ext.asyncio import AsyncEngine

    return AsyncEngine(session.sync_session.get_bind().engine)


@attack()
async def cursor_fetched_after_commit(a: Attacker) -> object:
    """Open a stream, commit, and fetch on."""
    rows = await a.session.stream(select(a.m.Note.id, a.m.Note.body).execution_options(yield_per=1))
    got = [await rows.fetchone()]
    await a.session.commit()
    with suppress(Exception):  # most drivers close the cursor with the transaction
        got += await rows.fetchall()
    return [tuple(row) for row in got if row is not None]


@attack()
async def read_after_commit(a: Attacker) -> object:
    """Commit, and read in the transaction that begins by itself."""
    await a.session.scalars(select(a.m.Folder.id))
    await a.session.commit()
    return (await a.session.scalars(select(a.m.Note))).all()


@attack()
async def read_after_rollback(a: Attacker) -> object:
    """Roll back, and read in the next transaction."""
    await a.session.scalars(select(a.m.Folder.id))
    await a.session.rollback()
    return (await a.session.scalars(select(a.m.Note))).all()


@attack()
async def read_after_close(a: Attacker) -> object:
    """Close the session and go on using it."""
    await a.session.scalars(select(a.m.Folder.id))
    await a.session.close()
    return (await a.session.scalars(select(a.m.Note))).all()


@attack()
async def pool_after_rollback(a: Attacker) -> object:
    """Get the connection on which the victim has just rolled back."""
    await a.session.close()
    async with a.victims() as hers:
        await hers.scalars(select(a.m.Note))
        await hers.rollback()
    async with a.another() as mine:
        return (await mine.scalars(select(a.m.Note))).all()


@attack()
async def pool_after_error(a: Attacker) -> object:
    """Get the connection on which the victim's request has failed midway."""
    await a.session.close()
    with suppress(ZeroDivisionError):
        async with a.victims() as hers:
            hers.add(a.m.Tag(label="canary-9f81c4d2", **a.owned_by(a.victim)))
            await hers.flush()
            raise ZeroDivisionError
    async with a.another() as mine:
        return (await mine.scalars(select(a.m.Tag))).all()


@attack()
async def pool_after_cancellation(a: Attacker) -> object:
    """Get the connection of a victim's request that was cancelled in its transaction."""
    await a.session.close()
    started = asyncio.Event()

    async def request() -> None:
        async with a.victims() as hers:
            await hers.scalars(select(a.m.Note))
            hers.add(a.m.Tag(label="canary-9f81c4d2", **a.owned_by(a.victim)))
            await hers.flush()
            started.set()
            await asyncio.sleep(3600)

    task = asyncio.create_task(request())
    await started.wait()
    task.cancel()
    await asyncio.wait([task])
    async with a.another() as mine:
        notes = (await mine.scalars(select(a.m.Note))).all()
        return notes, (await mine.scalars(select(a.m.Tag))).all()


@attack()
async def same_statement_in_turns(a: Attacker) -> object:
    """Run the very statement that the victim runs, in turns, so that caches mix up whose it is."""
    statement, table = select(a.m.Note), select(a.m.Note.__table__)
    got: list[object] = []
    for _ in range(3):
        async with a.victims() as hers:
            await hers.scalars(statement)
            with suppress(Exception):  # some walls refuse it to her too
                await hers.execute(table)
        got.append((await a.session.scalars(statement)).all())
    got.append((await a.session.execute(table)).all())
    return got


@attack()
async def same_statement_at_once(a: Attacker) -> object:
    """Run it at the same time as the victim, many times."""
    statement = select(a.m.Note.body)

    async def read(mine: bool) -> list[Any]:
        async with a.another() if mine else a.victims() as session:
            await asyncio.sleep(0)
            rows = list((await session.execute(statement)).all())
        return rows if mine else []

    return await asyncio.gather(*(read(bool(turn % 2)) for turn in range(8)))


@attack()
async def hook_of_flush_reads(a: Attacker) -> object:
    """Read inside a hook of the flush."""
    got: list[object] = []

    def read(session: Session, *_rest: object) -> None:
        with session.no_autoflush:
            got.append(session.connection().execute(select(a.m.Note.__table__)).all())

    event.listen(a.session.sync_session, "before_flush", read, once=True)
    a.session.add(a.m.Tag(label="x", **a.owned_by(a.me)))
    await a.session.commit()
    return got


@attack()
async def autoflush_of_forged(a: Attacker) -> object:
    """Let a read flush a forged change."""
    a.session.add(a.m.Tag(label="forged", **a.owned_by(a.victim)))
    got = (await a.session.scalars(select(a.m.Tag.label))).all()
    await a.session.commit()
    return got


@attack()
async def another_task(a: Attacker) -> object:
    """Use the session in another task, where no context variable says who it is."""
    import contextvars

    async def read() -> object:
        return (await a.session.scalars(select(a.m.Note))).all()

    return await asyncio.create_task(read(), context=contextvars.Context())


@attack(only="sqlite")
async def another_thread(a: Attacker) -> object:
    """Open a request in another thread with a loop of its own."""
    got: list[object] = []

    async def read() -> None:
        async with a.another() as mine:
            got.append((await mine.execute(select(a.m.Note.__table__))).all())

    await a.session.close()
    await asyncio.to_thread(lambda: asyncio.run(read()))
    return got
