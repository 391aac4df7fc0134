"""Inserting where something is: the row that is there may be another user's."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite

from attacks.attack import Attacker, attack


def upsert(a: Attacker, table: Any) -> Any:
    """Give the dialect's insert."""
    return postgresql.insert(table) if a.postgres else sqlite.insert(table)


@attack()
async def upsert_by_id(a: Attacker) -> object:
    """Overwrite the victim's row, whose id is known, while inserting an own one."""
    row = {"id": a.victims_setting, "key": "mine", "value": "pwned", **a.owned_by(a.me)}
    statement = upsert(a, a.m.Setting.__table__).values(row)
    await a.session.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={"value": statement.excluded.value})
    )
    await a.session.commit()
    return None


@attack()
async def upsert_by_id_orm(a: Attacker) -> object:
    """The same on the entity."""
    row = {"id": a.victims_setting, "key": "mine", "value": "pwned", **a.owned_by(a.me)}
    statement = upsert(a, a.m.Setting).values(row)
    await a.session.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"value": "pwned"}))
    await a.session.commit()
    return None


@attack()
async def upsert_many(a: Attacker) -> object:
    """The same with parameters for several rows."""
    statement = upsert(a, a.m.Setting.__table__)
    statement = statement.on_conflict_do_update(
        index_elements=["id"], set_={"value": statement.excluded.value}
    )
    rows = [
        {"id": 6001, "key": "a", "value": "x", **a.owned_by(a.me)},
        {"id": a.victims_setting, "key": "b", "value": "pwned", **a.owned_by(a.me)},
    ]
    await a.session.execute(statement, rows)
    await a.session.commit()
    return None


@attack()
async def upsert_as_victim(a: Attacker) -> object:
    """Overwrite by the unique key, as the victim."""
    row = {"key": "theme", "value": "pwned", **a.owned_by(a.victim)}
    statement = upsert(a, a.m.Setting.__table__).values(row)
    await a.session.execute(
        statement.on_conflict_do_update(
            index_elements=[a.m.owner, "key"], set_={"value": statement.excluded.value}
        )
    )
    await a.session.commit()
    return None


@attack()
async def upsert_returning(a: Attacker) -> object:
    """Change nothing and let the conflicting row return itself."""
    table = a.m.Setting.__table__
    row = {"id": a.victims_setting, "key": "mine", "value": "x", **a.owned_by(a.me)}
    statement = upsert(a, table).values(row)
    nothing = statement.on_conflict_do_update(index_elements=["id"], set_={"value": table.c.value})
    rows = (await a.session.execute(nothing.returning(table))).all()
    await a.session.rollback()
    return rows


@attack()
async def upsert_steals(a: Attacker) -> object:
    """Take the conflicting row over."""
    row = {"id": a.victims_setting, "key": "mine", "value": "x", **a.owned_by(a.me)}
    statement = upsert(a, a.m.Setting.__table__).values(row)
    await a.session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_={"key": "stolen", **a.owned_by(a.me)}
        ).returning(a.m.Setting.__table__.c.value)
    )
    await a.session.commit()
    return None


@attack()
async def upsert_own_conflict_to_victim(a: Attacker) -> object:
    """Let a conflict with an own row give it to the victim."""
    row = {"key": "theme", "value": "forged", **a.owned_by(a.me)}
    statement = upsert(a, a.m.Setting.__table__).values(row)
    given = {**a.owned_by(a.victim), "key": "gift"}
    await a.session.execute(statement.on_conflict_do_update(index_elements=[a.m.owner, "key"], set_=given))
    await a.session.commit()
    return None


@attack()
async def upsert_where_true(a: Attacker) -> object:
    """Overwrite with a condition of one's own."""
    table = a.m.Setting.__table__
    row = {"id": a.victims_setting, "key": "mine", "value": "pwned", **a.owned_by(a.me)}
    statement = upsert(a, table).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["id"], set_={"value": "pwned"}, where=table.c.id > 0
    )
    await a.session.execute(statement)
    await a.session.commit()
    return None


@attack(only="sqlite")
async def insert_or_replace(a: Attacker) -> object:
    """Replace the victim's row, whose id is known, by an own one."""
    row = {"id": a.victims_setting, "key": "mine", "value": "x", **a.owned_by(a.me)}
    await a.session.execute(insert(a.m.Setting.__table__).prefix_with("OR REPLACE").values(row))
    await a.session.commit()
    return None


@attack(only="sqlite")
async def update_or_replace(a: Attacker) -> object:
    """Replace the victim's row by moving an own one onto its id."""
    table = a.m.Setting.__table__
    statement = table.update().prefix_with("OR REPLACE").where(table.c.id == a.my_setting)
    await a.session.execute(statement.values(id=a.victims_setting))
    await a.session.commit()
    return None
