"""Tables in finished SQL are found wherever they stand as tables, and nowhere else."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.database.guard.names import ESCAPED, reader_calls, table_mentions

NAMES = frozenset({"notes", "tags"})


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT notes.id FROM notes WHERE notes.id = ?", {"notes": 1}),
        ('SELECT 1 FROM "notes" JOIN main.tags ON notes.id', {"notes": 1, "tags": 1}),
        ("SELECT 1 FROM [Notes], (notes) x", {"notes": 2}),
        ("SELECT (SELECT min(body) FROM NOTES)", {"notes": 1}),
        ("INSERT INTO notes (id, tags) VALUES (?, ?)", {"notes": 1}),
        ("UPDATE notes SET id=? FROM tags", {"notes": 1, "tags": 1}),
        ("SELECT notes.tags, x.notes AS notes FROM folders AS notes ORDER BY id, notes", {}),
        ("SELECT a IS DISTINCT FROM b, notes FROM folders", {}),
        ("SELECT 1 FROM a JOIN b ON f(a.id, b.id) > 1, notes WHERE x IN (1, tags)", {"notes": 1}),
        ("DELETE FROM a USING b, notes", {"notes": 1}),
        ("SELECT 'FROM notes', $$FROM notes$$, $a$FROM notes$a$ -- FROM notes\n/* FROM notes */", {}),
        ("SELECT 'it''s FROM notes' FROM notes", {"notes": 1}),
        ("SELECT id FROM /* */ only notes", {"notes": 1}),
        (
            "SELECT 1 FROM 'notes', main.'tags' WHERE a = 'notes' AND b IN ('x', 'tags')",
            {"notes": 1, "tags": 1},
        ),
        ('SELECT 1 FROM U&"n\\006ftes", folders', {ESCAPED: 1}),
        ('SELECT U&"n\\006ftes" FROM folders', {}),
    ],
)
def test_mentions(sql: str, found: dict[str, int]) -> None:
    assert table_mentions(sql, NAMES) == Counter(found)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT query_to_xml ('SELECT 1', true)", {"query_to_xml": 1}),
        ('SELECT a FROM "TS_STAT" /* c */ (?), dblink_exec(?)', {"ts_stat": 1, "dblink_exec": 1}),
        ("SELECT last_insert_rowid(), lastval FROM t WHERE a = 'ts_stat(1)'", {"last_insert_rowid": 1}),
        ("SELECT lower(a), ts_rank(b, c), row_to_json(d) FROM pg_read_me", {}),
    ],
)
def test_calls_of_functions_that_read(sql: str, found: dict[str, int]) -> None:
    assert reader_calls(sql) == Counter(found)


@given(st.text(alphabet="ab \n(,.)", max_size=30), st.text(alphabet="ab'\"$ ();.-/*\n", max_size=30))
def test_any_text_is_read_to_its_end(before: str, anything: str) -> None:
    assert table_mentions(f"{before} FROM notes", NAMES)["notes"] == 1
    table_mentions(anything, NAMES)
