"""Models are known across files: the query stands in one file, the model in another."""

from collections.abc import Callable

import pytest

MODELS = {
    "app/models.py": "class Note(Base):\n    __tablename__ = 'notes'\n    owner_id = Column()\n",
    "app/base.py": "Base = object\n",
}
HEAD = (
    "from fastapi import FastAPI\nfrom app.models import Note as Row\n\napp = FastAPI()\n\n\n@app.get('/')\n"
)


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("query-without-owner", "async def f(current_user, db):\n    return db.query(Row).all()\n"),
        (
            "lookup-by-id-without-owner",
            "async def f(pk: int, current_user, db):\n    return db.get(Row, pk)\n",
        ),
        ("raw-sql-without-owner", "async def f(db):\n    return db.execute('SELECT * FROM notes')\n"),
        ("insert-without-owner", "async def f(current_user, db):\n    db.add(Row(text='x'))\n"),
    ],
)
def test_found(lines: Callable[..., list[int]], rule: str, body: str) -> None:
    assert lines(rule, HEAD + body, files=MODELS) == [9]
    assert lines(rule, HEAD + body) == []
