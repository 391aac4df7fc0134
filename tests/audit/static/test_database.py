"""The rights of a role on a real PostgreSQL: superusers, open tables, and walls that stand."""

from __future__ import annotations

import asyncpg
import pytest

from cellwall.audit.errors import NotAllowedError, NotReachedError
from cellwall.audit.static.database import database_findings

SET_UP = """
CREATE TABLE open_notes (id int, user_id text);
CREATE TABLE walled_notes (id int, user_id text);
ALTER TABLE walled_notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE walled_notes FORCE ROW LEVEL SECURITY;
CREATE TABLE half_notes (id int, owner_id text);
ALTER TABLE half_notes ENABLE ROW LEVEL SECURITY;
CREATE TABLE currencies (code text);
"""


async def test_a_superuser_and_open_tables_are_told(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    await connection.execute(SET_UP)
    await connection.close()
    found, looked_at = await database_findings(postgres_url)
    targets = {each.target: each.evidence for each in found}
    assert "is a superuser" in targets["role postgres"]
    assert "not enabled" in targets["table public.open_notes"]
    assert "not forced" in targets["table public.half_notes"]
    assert not any("walled_notes" in each or "currencies" in each for each in targets)
    assert "3 tables" in looked_at


async def test_another_machines_database_is_not_asked() -> None:
    with pytest.raises(NotAllowedError):
        await database_findings("postgresql://app@192.0.2.1/shop")
    with pytest.raises(NotAllowedError):
        await database_findings("postgresql://app@/shop?host=192.0.2.1")


async def test_a_database_that_is_not_there_is_told_without_its_password() -> None:
    with pytest.raises(NotReachedError) as error:
        await database_findings("postgresql://app:secret@127.0.0.1:9/shop")
    assert "secret" not in str(error.value)
