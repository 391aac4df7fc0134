"""Names that are not quoted are words, or they are refused."""

from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, column, literal, select
from sqlalchemy.sql import quoted_name

from cellwall import RequestSession
from cellwall.runtime.errors import UnguardedStatementError

SQL = quoted_name("x FROM notes --", False)


async def test_sql_in_names_is_refused(guarded: Any, session: RequestSession) -> None:
    hidden = Table(SQL, MetaData(), Column("id", Integer))
    for statement in (
        select(literal(1).label(SQL)),
        select(column(SQL)),
        select(guarded.Note.id).select_from(guarded.Note.__table__.alias(SQL)),
        select(hidden),
        select(select(guarded.Note.id).cte(SQL).c.id),
    ):
        with pytest.raises(UnguardedStatementError):
            await session.execute(statement)


async def test_plain_names_need_no_quotes(session: RequestSession) -> None:
    row = (
        await session.execute(
            select(literal(1).label(quoted_name("Plain", False)), literal(2).label("odd -- name"))
        )
    ).one()
    assert row == (1, 2)
