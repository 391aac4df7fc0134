"""Text statements over shared tables: vouched for with a reason, and still looked at."""

from typing import Any

import pytest
from sqlalchemy import column, select, text

from cellwall import RequestSession
from cellwall.runtime.database.guard import shared_text
from cellwall.runtime.errors import UnguardedStatementError


async def test_a_shared_text_runs(guarded: Any, session: RequestSession) -> None:
    codes = shared_text(
        "SELECT code FROM currencies WHERE code = :code", tables=["currencies"], reason="a hint"
    )
    assert (await session.execute(codes, {"code": "EUR"})).scalar() == "EUR"
    assert (await session.execute(codes.bindparams(code="EUR"))).scalar() == "EUR"
    assert (await session.execute(codes.columns(column("code")), {"code": "EUR"})).scalar() == "EUR"
    async with guarded.engine.connect() as connection:
        assert (await connection.execute(codes, {"code": "EUR"})).scalar() == "EUR"


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT code FROM currencies", ["notes"]),
        ("SELECT code FROM currencies, Notes", ["currencies"]),
        ('SELECT code FROM currencies UNION SELECT text FROM main."notes"', ["currencies"]),
    ],
)
async def test_owned_tables_are_refused(sql: str, tables: list[str], session: RequestSession) -> None:
    with pytest.raises(UnguardedStatementError, match="shared tables alone"):
        await session.execute(shared_text(sql, tables=tables, reason="none"))


@pytest.mark.parametrize(
    ("sql", "tables", "reason"),
    [
        ("SELECT 1", [], "why"),
        ("SELECT 1", ["currencies"], "  "),
        ("DELETE FROM currencies", ["currencies"], "why"),
        ("SELECT 1; DELETE FROM notes", ["currencies"], "why"),
    ],
)
def test_what_cannot_be_vouched_for(sql: str, tables: list[str], reason: str) -> None:
    with pytest.raises(UnguardedStatementError, match="reason"):
        shared_text(sql, tables=tables, reason=reason)


async def test_a_vouched_text_vouches_for_no_other(session: RequestSession) -> None:
    sql = "SELECT code FROM currencies"
    await session.execute(shared_text(sql, tables=["currencies"], reason="a hint"))
    with pytest.raises(UnguardedStatementError):
        await session.execute(text(sql))


async def test_it_is_no_part_of_another_statement(guarded: Any, session: RequestSession) -> None:
    piece = shared_text("SELECT code FROM currencies", tables=["currencies"], reason="a hint")
    with pytest.raises(UnguardedStatementError):
        await session.execute(select(guarded.Note).where(piece))
