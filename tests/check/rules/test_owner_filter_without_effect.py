"""Conditions on the owner that restrict nothing."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "owner-filter-without-effect"
FOUND = {
    "itself": "def f(q):\n    return q.where(Note.c.user_id == Note.c.user_id)",
    "itself, compared in a check": "def f(note):\n    if note.owner_id != note.owner_id:\n        raise E",
    "itself, in SQL": "def f(db):\n    db.execute('SELECT * FROM notes n WHERE n.user_id = n.user_id')",
    "the second side of and": "def f(q, a, b):\n    q = q.filter(Note.id == a and Note.user_id == b)",
    "the first side of or": "def f(q, a):\n    return q.filter(Note.owner_id == a or True)",
    "true beside it": "from sqlalchemy import or_ as o\ndef f(q):\n    q = q.where(o(True, Note.user == 1))",
    "is not": "def f(q, a):\n    return q.filter(Note.user_id is not None)",
    "the bare column": "def f(q):\n    return q.filter(Note.user_id)",
    "thrown away": "def f(q, a):\n    q.where(Note.id == 1, Note.tenant_id == a)\n    return q",
}
SILENT = {
    "a join": "def f(q):\n    return q.where(Note.user_id == Share.user_id)",
    "a join in SQL": "def f(db):\n    db.execute('SELECT 1 FROM a, b WHERE a.user_id = b.user_id')",
    "a parameter in SQL": "def f(db):\n    db.execute('SELECT 1 FROM a WHERE user_id = :user_id')",
    "a parameter of the driver's": "def f(db):\n    db.execute('SELECT 1 FROM a WHERE user_id = @user_id')",
    "only when there is one": "def f(q, user):\n    return q.filter(user is None or Note.user_id == user.id)",
    "a truth value before it": "def f(q, u, old):\n    return q.filter(old == 1 and Note.user_id == u)",
    "the owner first": "def f(q, a, b):\n    return q.filter(Note.user_id == a and Note.id == b)",
    "the owner or public": "def f(q, a):\n    return q.filter((Note.user_id == a) | (Note.public == True))",
    "plain objects": "def f(notes, me):\n    return [n for n in notes if n.user_id == me or n.public]",
    "compared outside of a query": "def f(note, me):\n    return note.id == 1 and note.user_id == me",
    "another column": "def f(q):\n    return q.where(Note.title == Note.title)",
}


@pytest.mark.parametrize("source", FOUND.values(), ids=FOUND)
def test_found(lines: Lines, source: str) -> None:
    rows = source.splitlines()
    expected = next(n for n, row in enumerate(rows, 1) if n > 1 and not row.startswith("def "))
    assert lines(RULE, source) == [expected]


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []


def test_tests_are_left_alone(lines: Lines) -> None:
    assert lines(RULE, FOUND["itself"], path="tests/test_notes.py") == []
