"""Attacks that leave SQLAlchemy behind: the driver, the process, the shape of the schema."""

import asyncio
import gc
import importlib
import io
import sqlite3
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from attacks.attack import Attacker, attack


async def driver(a: Attacker) -> Any:
    """Find the open connection of the driver itself in the memory of the process."""
    await a.session.scalars(select(a.m.Folder.id))
    if a.postgres:
        asyncpg: Any = importlib.import_module("asyncpg")
        loop = asyncio.get_running_loop()
        found = [thing for thing in gc.get_objects() if issubclass(type(thing), asyncpg.Connection)]
        return next(one for one in found if one._loop is loop and not one.is_closed())
    aiosqlite: Any = importlib.import_module("aiosqlite")
    mine = await file_of(a, a.me)
    found = [thing for thing in gc.get_objects() if issubclass(type(thing), aiosqlite.Connection)]
    for thing in [one for one in found if one._running]:
        if (await thing.execute_fetchall("PRAGMA database_list"))[0][2] == mine:
            return thing
    raise LookupError("no open connection")


async def file_of(a: Attacker, user: str) -> str:
    """Give the name of the file in which a user's rows are."""
    async with a.arena.trusted(user) as connection:
        return str((await connection.exec_driver_sql("PRAGMA database_list")).all()[0][2])


async def run(a: Attacker, sql: str) -> list[Any]:
    """Run a string by the driver itself."""
    raw = await driver(a)
    if a.postgres:
        return [tuple(row) for row in await raw.fetch(sql)]
    return list(await raw.execute_fetchall(sql))


@attack(beyond=True)
async def driver_itself(a: Attacker) -> object:
    """Read on the driver's connection, which no event of SQLAlchemy sees."""
    return await run(a, "SELECT body FROM notes")


@attack(beyond=True)
async def driver_itself_writes(a: Attacker) -> object:
    """Write on the driver's connection."""
    await run(a, "UPDATE notes SET title = 'pwned'")
    await a.session.commit()
    return None


@attack(beyond=True, only="postgresql")
async def driver_itself_copies(a: Attacker) -> object:
    """Copy a table out by the driver's own command."""
    raw = await driver(a)
    out = io.BytesIO()
    await raw.copy_from_query("SELECT body FROM notes", output=out)
    return out.getvalue()


@attack(beyond=True, only="postgresql")
async def driver_itself_names_the_victim(a: Attacker) -> object:
    """Say on the driver's connection that it is the victim's, and read."""
    raw = await driver(a)
    for name in ("cellwall.owner", "app.current_tenant"):
        await raw.execute(f"SELECT set_config('{name}', '{a.victim}', false)")
    return await run(a, "SELECT body FROM notes")


@attack(beyond=True, only="postgresql")
async def driver_itself_takes_a_role(a: Attacker) -> object:
    """Take the victim's role, or the one that connected, and read."""
    await run(a, "RESET ROLE")
    return await run(a, "SELECT body FROM notes")


@attack(beyond=True)
async def engine_of_ones_own(a: Attacker) -> object:
    """Connect anew with the address and the password that the session's engine knows."""
    url = a.session.sync_session.get_bind().engine.url
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with AsyncSession(engine) as plain:
            return (await plain.scalars(select(a.m.Note))).all()
    finally:
        await engine.dispose()


@attack(beyond=True)
async def compiler_put_back(a: Attacker) -> object:
    """Undo in the process what a wall has done to the engine's dialect."""
    dialect: Any = a.session.sync_session.get_bind().engine.dialect
    replaced = {name: vars(dialect).pop(name) for name in list(vars(dialect)) if hasattr(type(dialect), name)}
    dialect.statement_compiler = type(dialect).statement_compiler
    for name, value in replaced.items():
        if name not in {"statement_compiler", "execution_ctx_cls"}:
            setattr(dialect, name, value)
    return (await a.session.execute(select(a.m.Note.__table__))).all()


@attack(beyond=True, only="sqlite")
async def file_opened(a: Attacker) -> object:
    """Open the victim's file, whose name anybody in the process can find out."""
    path = await file_of(a, a.victim)
    return await asyncio.to_thread(
        lambda: sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute("SELECT body FROM notes").fetchall()
    )


@attack(beyond=True, oracle=True)
async def id_taken_by_victim(a: Attacker) -> object:
    """Insert an own row with a guessed primary key, and learn whether somebody has it."""
    a.session.add(a.m.Folder(id=a.victims_folder, name="x", **a.owned_by(a.me)))
    try:
        await a.session.flush()
    except DBAPIError:
        return "taken"
    finally:
        await a.session.rollback()
    return "free"


@attack(beyond=True, oracle=True, only="postgresql")
async def numbers_in_between(a: Attacker) -> object:
    """Learn by the numbers of two own rows how many rows others have made in between."""
    numbers = []
    for _ in range(2):
        tag = a.m.Tag(label="x", **a.owned_by(a.me))
        a.session.add(tag)
        await a.session.commit()
        numbers.append(tag.id)
        await _victim_at_work(a)
    return numbers[1] - numbers[0]


async def _victim_at_work(a: Attacker) -> None:
    async with a.victims() as hers:
        if (await hers.scalars(select(a.m.Folder.id).filter_by(id=a.victims_folder))).all():
            tag = a.m.Tag(label="x", **a.owned_by(a.victim))
            hers.add(tag)
            await hers.commit()
            await hers.delete(tag)
            await hers.commit()
