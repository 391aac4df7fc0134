"""A literal reads as its value on a real server, whatever stands in it, and holds nothing but ASCII."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import create_async_engine

from cellwall.runtime.database.rls.literal import literal

NASTY = [
    "", "ada", "o'brien", "''", "\\", "\\'", "a\\", "$$", "$cellwall$", "%s", ":name", "$1", "--", "/*",
    ";COMMIT;", "'; DROP TABLE notes; --", "\x01\x1f\x7f", "request\x1f7f", "\n\r\t", "Ωмега", "日本",
    "\U0001f600", "\ufeff", "\u00bf\u0027", "\u0131", "\u02bc", "\uff07", "E'", "U&'", "\\u0027",
    "a" * 255, "\uffff", "\U0010ffff",
]  # fmt: skip


@pytest.mark.parametrize("setting", ["on", "off"])
async def test_the_server_reads_the_value(postgres_url: str, setting: str) -> None:
    engine = create_async_engine(postgres_url)
    async with engine.connect() as connection:
        await connection.exec_driver_sql(f"SET standard_conforming_strings = {setting}")
        cursor = await connection.exec_driver_sql(
            "SELECT ARRAY[" + ",".join(map(literal, NASTY)) + "]::text[]"
        )
        assert cursor.scalar_one() == NASTY
    await engine.dispose()


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_nothing_ends_it_early(value: str) -> None:
    written = literal(value)
    assert written.isascii()
    inside = written.removeprefix("E")[1:-1]
    assert re.fullmatch(r"(?:[A-Za-z0-9_.:@ -]|\\u[0-9A-F]{4}|\\U[0-9A-F]{8})*", inside)
    assert re.sub(r"\\u(.{4})|\\U(.{8})", lambda hit: chr(int(hit[1] or hit[2], 16)), inside) == value


@pytest.mark.parametrize("value", ["a\0b", "\ud800", "a\udfff"])
def test_what_the_server_cannot_hold_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="cannot be stored"):
        literal(value)
