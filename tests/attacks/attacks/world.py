"""Victoria's rows and Mallory's: how they come to be, and what an outside look at them sees afterwards."""

from contextlib import suppress
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import MetaData, Select, select

from attacks.attack import ATTACKER, VICTIM, Arena
from attacks.driver import ERRORS, answers, finished, question, run_script
from attacks.models import Models

SECRET: Final = "canary-9f81c4d2"  # stands in every text column of Victoria's that is not a key
NUMBER: Final = 918273645  # the same as a number
HERS: Final = {"folder": 1001, "note": 1002, "tag": 1003, "setting": 1004, "letter": 1005, "invoice": 1006}
MINE: Final = {"folder": 2001, "note": 2002, "tag": 2003, "setting": 2004, "letter": 2005, "invoice": 2006}

ACROSS: Final = " across"  # ends the names of questions about pointers from one user's rows to another's

Snapshot = dict[str, list[str]]


async def populate(arena: Arena, *, victim: bool = True, crossed: bool = True) -> None:
    """Give both their rows, or only Mallory. Where tables are shared, old rows may point across."""
    parts = {VICTIM: _hers(arena.models)} if victim else {}
    parts[ATTACKER] = _mine(arena.models)
    if crossed and arena.shared:
        parts[ATTACKER] += _cross(arena.models, victim)
    if arena.shared:
        parts = {ATTACKER: [row for rows in parts.values() for row in rows]}
    for user, rows in parts.items():
        async with arena.trusted(user) as connection:
            statements = [_finished(table, row, arena) for table, row in rows]
            await run_script(connection, [*statements, _currency(arena)])


Rows = list[tuple[Any, dict[str, Any]]]


def _finished(table: Any, row: dict[str, Any], arena: Arena) -> str:
    key = (table, arena.dialect, repr(row))
    if key not in _inserts:
        _inserts[key] = finished(table.insert().values(row), arena.dialect)
    return _inserts[key]


_inserts: dict[Any, str] = {}


def _currency(arena: Arena) -> str:
    return "INSERT INTO currencies (code, name) VALUES ('EUR', 'Euro') ON CONFLICT DO NOTHING"


def _hers(m: Models) -> Rows:
    return _rows(m, whose=VICTIM, ids=HERS, text=SECRET, number=NUMBER)


def _mine(m: Models) -> Rows:
    return _rows(m, whose=ATTACKER, ids=MINE, text="mine", number=7)


def _rows(m: Models, *, whose: str, ids: dict[str, int], text: str, number: int) -> Rows:
    owner = {m.owner: whose}
    letter = {"id": ids["letter"], "kind": "letter", "title": text, "text": text}
    invoice = {"id": ids["invoice"], "kind": "invoice", "title": text, "text": None}
    note = {"slug": "plan", "title": text, "body": text, "number": number, "memo": text}
    rows: Rows = [
        (m.Folder.__table__, {"id": ids["folder"], "name": text}),
        (m.Note.__table__, {"id": ids["note"], "folder_id": ids["folder"], **note}),
        (m.Tag.__table__, {"id": ids["tag"], "label": text}),
        (m.note_tags, {"note_id": ids["note"], "tag_id": ids["tag"]}),
        (m.Setting.__table__, {"id": ids["setting"], "key": "theme", "value": text}),
        (m.Document.__table__, letter),
        (m.Document.__table__, invoice),
        (m.Invoice.__table__, {"id": ids["invoice"], "iban": text}),
    ]
    return [(table, {**row, **owner}) for table, row in rows]


def _cross(m: Models, victim: bool) -> Rows:
    """Leave what a bug of former days left: a note of Mallory's in Victoria's folder, and the reverse."""
    note: dict[str, Any] = {"slug": "stray", "title": "stray", "number": 7, "memo": ""}
    mine = {"id": 2090, "folder_id": HERS["folder"] if victim else None, "body": "mine", **note}
    rows: Rows = [(m.Note.__table__, {**mine, m.owner: ATTACKER})]
    if victim:
        hers = {"id": 1090, "folder_id": MINE["folder"], "body": SECRET, **note}
        rows.append((m.Note.__table__, {**hers, m.owner: VICTIM}))
        links = [(MINE["note"], HERS["tag"], ATTACKER), (HERS["note"], MINE["tag"], VICTIM)]
        rows += [
            (m.note_tags, {"note_id": note_id, "tag_id": tag, m.owner: who}) for note_id, tag, who in links
        ]
    return rows


async def look(arena: Arena) -> Snapshot:
    """See, past every wall, all rows of Victoria's and all rows that point across; a lost table is told."""
    asked = questions(arena.models, arena.dialect)
    async with arena.trusted(VICTIM) as connection:
        with suppress(*ERRORS):  # an attack may have taken a table away
            return {
                name: sorted(map(repr, rows)) for name, rows in (await answers(connection, asked)).items()
            }
    seen: Snapshot = {}
    for name, sql in asked.items():
        async with arena.trusted(VICTIM) as connection:
            try:
                found = await answers(connection, {name: sql})
                seen[name] = sorted(map(repr, found[name]))
            except ERRORS as error:
                seen[name] = [f"cannot be read: {type(error).__name__}"]
    return seen


def questions(m: Models, dialect: str) -> dict[str, str]:
    """Give the queries that see everything; made once for the same tables."""
    known = _known.setdefault(m.metadata, {})
    if dialect not in known:
        known[dialect] = {name: question(query, dialect) for name, query in _questions(m).items()}
    return known[dialect]


_known: "WeakKeyDictionary[MetaData, dict[str, dict[str, str]]]" = WeakKeyDictionary()


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
