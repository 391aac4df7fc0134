"""Turning the wall off from within: options, the session's own data, its engine, its events."""

from dataclasses import is_dataclass, replace
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, sessionmaker

from attacks.attack import Attacker, attack

GUESSES = {
    name: value
    for value in (True, False)
    for name in (
        "skip_guard" if value else "guard",
        "cellwall_off" if value else "cellwall",
        "bypass" if value else "tenant_filter",
        "include_all_tenants" if value else "scoped",
        "unscoped" if value else "cellwall_guard",
        "system" if value else "isolated",
    )
}


def turned(value: object, a: Attacker) -> object:
    """Put the victim where something names the attacker."""
    if value == a.me:
        return a.victim
    if is_dataclass(value) and not isinstance(value, type):
        names = [name for name in ("id", "user_id") if getattr(value, name, None) == a.me]
        return replace(value, **dict.fromkeys(names, a.victim))  # type: ignore[arg-type]
    return value


@attack()
async def information_changed(a: Attacker) -> object:
    """Put the victim's name wherever the session's information names the attacker."""
    for key, value in list(a.session.info.items()):
        a.session.info[key] = turned(value, a)
    return (await a.session.scalars(select(a.m.Note))).all()


@attack()
async def information_cleared(a: Attacker) -> object:
    """Clear the session's information."""
    a.session.info.clear()
    return (await a.session.scalars(select(a.m.Note))).all()


@attack()
async def information_copied_to_plain_session(a: Attacker) -> object:
    """Make a session of one's own with the victim's name in its information."""
    info = {key: turned(value, a) for key, value in a.session.info.items()}
    bind: Any = a.session.bind
    async with AsyncSession(bind=bind, info=info) as session:
        return (await session.scalars(select(a.m.Note))).all()


@attack()
async def options_guessed(a: Attacker) -> object:
    """Guess names of execution options that turn a guard off."""
    return (await a.session.scalars(select(a.m.Note), execution_options=GUESSES)).all()


@attack()
async def options_turned(a: Attacker) -> object:
    """Turn every option that the session's connection carries."""
    connection = await a.session.connection()
    carried = connection.sync_connection
    assert carried is not None
    options = dict(carried.get_execution_options())
    turned_options = {
        key: (not value if isinstance(value, bool) else turned(value, a)) for key, value in options.items()
    }
    statement = select(a.m.Note.__table__).execution_options(**GUESSES)
    turned_connection = await connection.execution_options(**GUESSES)
    for key, value in turned_options.items():
        if isinstance(key, str) and key not in {*GUESSES, "compiled_cache"}:
            statement = statement.execution_options(**{key: value})
    return (await turned_connection.execute(statement)).all()


@attack()
async def options_of_engine(a: Attacker) -> object:
    """Make an engine with other options out of the session's."""
    engine = a.session.sync_session.get_bind().engine.execution_options(**GUESSES)

    def read(_session: Session) -> object:
        with Session(engine) as plain:
            return plain.scalars(select(a.m.Note)).all()

    return await a.session.run_sync(read)


@attack()
async def compiled_cache_off(a: Attacker) -> object:
    """Turn the cache off that may hold what the wall has prepared."""
    options: dict[str, Any] = {"compiled_cache": None}
    connection = await a.session.connection(execution_options=options)
    read = await connection.execute(select(a.m.Note.id, a.m.Note.body), execution_options=options)
    return read.all(), (await a.session.scalars(select(a.m.Note), execution_options=options)).all()


@attack()
async def compiled_cache_of_victim(a: Attacker) -> object:
    """Share a cache of one's own between the victim's request and the own one."""
    cache: dict[Any, Any] = {}
    options: dict[str, Any] = {"compiled_cache": cache}
    async with a.victims() as hers:
        await hers.scalars(select(a.m.Note), execution_options=options)
    return (await a.session.scalars(select(a.m.Note), execution_options=options)).all()


@attack()
async def bind_of_arguments(a: Attacker) -> object:
    """Name the engine as the statement's bind."""
    engine = a.session.sync_session.get_bind().engine
    return (await a.session.scalars(select(a.m.Note), bind_arguments={"bind": engine})).all()


@attack()
async def bind_switched(a: Attacker) -> object:
    """Set the session's bind to the bare engine."""
    a.session.sync_session.bind = a.session.sync_session.get_bind().engine
    return (await a.session.scalars(select(a.m.Note))).all()


@attack()
async def bind_mapped(a: Attacker) -> object:
    """Bind only the one model to the bare engine."""
    engine = a.session.sync_session.get_bind().engine
    a.session.sync_session.bind_mapper(a.m.Note, engine)
    return (await a.session.scalars(select(a.m.Note))).all()


@attack()
async def session_of_sessionmaker(a: Attacker) -> object:
    """Make a session from the engine by a factory of one's own."""
    maker = sessionmaker(a.session.sync_session.get_bind().engine)

    def read(_session: Session) -> object:
        with maker() as plain:
            return plain.query(a.m.Note).all()

    return await a.session.run_sync(read)


@attack()
async def criteria_replaced_by_hook(a: Attacker) -> object:
    """Replace the statement in an event of one's own, after the wall's."""

    def replace_statement(state: Any) -> None:
        state.statement = select(a.m.Note.body)

    event.listen(a.session.sync_session, "do_orm_execute", replace_statement)
    return (await a.session.execute(select(a.m.Folder.name))).all()


@attack()
async def result_invoked_by_hook(a: Attacker) -> object:
    """Run another statement inside the event."""
    got: list[object] = []

    def run(state: Any) -> None:
        if not got:
            got.append(None)
            got.append(state.invoke_statement(statement=select(a.m.Note), execution_options=GUESSES).all())

    event.listen(a.session.sync_session, "do_orm_execute", run)
    await a.session.scalars(select(a.m.Folder))
    return got


@attack()
async def owner_assigned(a: Attacker) -> object:
    """Assign the owner of the session."""
    for name in ("owner", "user", "user_id", "tenant", "tenant_id"):
        try:
            value = getattr(a.session, name)
            setattr(a.session, name, turned(value, a))
        except AttributeError:
            continue
    return (await a.session.scalars(select(a.m.Note))).all()


@attack()
async def mapped_class_again(a: Attacker) -> object:
    """Map a class of one's own on the victim's table."""
    from sqlalchemy.orm import registry

    class Mine:
        """Nothing that a wall has heard of."""

    registry().map_imperatively(Mine, a.m.Note.__table__)
    return [vars(row) for row in (await a.session.scalars(select(Mine))).all()]


@attack()
async def mapped_class_on_select(a: Attacker) -> object:
    """Map a class on a select of the table."""
    from sqlalchemy.orm import registry

    class Mine:
        """Nothing that a wall has heard of."""

    everything = select(a.m.Note.__table__).alias("everything")
    registry().map_imperatively(Mine, everything, primary_key=[everything.c.id])
    return [vars(row) for row in (await a.session.scalars(select(Mine))).all()]
