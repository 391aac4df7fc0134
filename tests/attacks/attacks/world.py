"""Victoria's rows and Mallory's: how they come to be, and what an outside look at them sees afterwards."""

from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import MetaData, Select, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from attacks.attack import ATTACKER, VICTIM, Arena
from attacks.models import Models

SECRET: Final = "canary-9f81c4d2"  # stands in every text column of Victoria's that is not a key
NUMBER: Final = 918273645  # the same as a number
HERS: Final = {"folder": 1001, "note": 1002, "tag": 1003, "setting": 1004, "letter": 1005, "invoice": 1006}
MINE: Final = {"folder": 2001, "note": 2002, "tag": 2003, "setting": 2004, "letter": 2005, "invoice": 2006}

ACROSS: Final = " across"  # ends the names of questions about pointers from one user's rows to another's

Snapshot = dict[str, list[str]]


async def populate(arena: Arena, *, victim: bool = True, crossed: bool = True) -> None:
    """Give both their rows, or only Mallory. Where tables are shared, old rows may point across."""
    if victim:
        async with arena.trusted(VICTIM) as connection:
            await _insert(connection, arena.models, whose=VICTIM, ids=HERS, text=SECRET, number=NUMBER)
    async with arena.trusted(ATTACKER) as connection:
        await _insert(connection, arena.models, whose=ATTACKER, ids=MINE, text="mine", number=7)
        if crossed and arena.shared:
            await _cross(connection, arena.models, victim)


async def _insert(
    connection: AsyncConnection, m: Models, *, whose: str, ids: dict[str, int], text: str, number: int
) -> None:
    owner = {m.owner: whose}
    letter = {"id": ids["letter"], "kind": "letter", "title": text, "text": text}
    invoice = {"id": ids["invoice"], "kind": "invoice", "title": text, "text": None}
    note = {"slug": "plan", "title": text, "body": text, "number": number, "memo": text}
    rows: list[tuple[Any, list[dict[str, Any]]]] = [
        (m.Folder.__table__, [{"id": ids["folder"], "name": text}]),
        (m.Note.__table__, [{"id": ids["note"], "folder_id": ids["folder"], **note}]),
        (m.Tag.__table__, [{"id": ids["tag"], "label": text}]),
        (m.note_tags, [{"note_id": ids["note"], "tag_id": ids["tag"]}]),
        (m.Setting.__table__, [{"id": ids["setting"], "key": "theme", "value": text}]),
        (m.Document.__table__, [letter, invoice]),
        (m.Invoice.__table__, [{"id": ids["invoice"], "iban": text}]),
    ]
    for table, values in rows:
        await connection.execute(table.insert(), [{**row, **owner} for row in values])
    currencies = m.Currency.__table__
    if (await connection.execute(select(currencies.c.code))).first() is None:
        await connection.execute(currencies.insert(), [{"code": "EUR", "name": "Euro"}])
    await connection.commit()


async def _cross(connection: AsyncConnection, m: Models, victim: bool) -> None:
    """Leave what a bug of former days left: a note of Mallory's in Victoria's folder, and the reverse."""
    note: dict[str, Any] = {"slug": "stray", "title": "stray", "number": 7, "memo": ""}
    mine = {"id": 2090, "folder_id": HERS["folder"] if victim else None, "body": "mine", **note}
    await connection.execute(m.Note.__table__.insert(), [{**mine, m.owner: ATTACKER}])
    if victim:
        hers = {"id": 1090, "folder_id": MINE["folder"], "body": SECRET, **note}
        await connection.execute(m.Note.__table__.insert(), [{**hers, m.owner: VICTIM}])
        links = [(MINE["note"], HERS["tag"], ATTACKER), (HERS["note"], MINE["tag"], VICTIM)]
        rows = [{"note_id": note_id, "tag_id": tag_id, m.owner: who} for note_id, tag_id, who in links]
        await connection.execute(m.note_tags.insert(), rows)
    await connection.commit()


async def look(arena: Arena) -> Snapshot:
    """See, past every wall, all rows of Victoria's and all rows that point across; a lost table is None."""
    seen: Snapshot = {}
    async with arena.trusted(VICTIM) as connection:
        for name, query in questions(arena.models).items():
            try:
                rows = (await connection.execute(query)).all()
                seen[name] = sorted(repr(tuple(row)) for row in rows)
            except DBAPIError as error:
                seen[name] = [f"cannot be read: {type(error).__name__}"]
                await connection.rollback()
    return seen


def questions(m: Models) -> dict[str, Select[Any]]:
    """Give the queries that see everything; made once for the same tables."""
    if m.metadata not in _known:
        _known[m.metadata] = _questions(m)
    return _known[m.metadata]


_known: "WeakKeyDictionary[MetaData, dict[str, Select[Any]]]" = WeakKeyDictionary()


def _questions(m: Models) -> dict[str, Select[Any]]:
    questions: dict[str, Select[Any]] = {}
    for table in m.owned:
        questions[table.name] = select(table).where(table.c[m.owner] == VICTIM)
        for key in table.foreign_keys:
            there = key.column.table.alias()
            pointer = select(table.c[key.parent.name], table.c[m.owner], there.c[m.owner])
            across = pointer.join(there, key.parent == there.c[key.column.name])
            name = f"{table.name}.{key.parent.name}{ACROSS}"
            questions[name] = across.where(table.c[m.owner] != there.c[m.owner])
    questions["nobody's"] = select(m.note_tags).where(m.note_tags.c[m.owner].is_(None))
    return questions
