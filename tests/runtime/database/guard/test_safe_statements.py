"""Which texts run although they are text."""

import pytest

from cellwall.runtime.database.guard.safe_statements import is_safe


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "select  1;",
        "select pg_catalog.version()",
        "show standard_conforming_strings",
        "BEGIN",
        "COMMIT",
        "PRAGMA read_uncommitted = 0",
        "select nextval('\"folders_id_seq\"')",
        "SHOW transaction isolation level",
    ],
)
def test_safe(statement: str) -> None:
    assert is_safe(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "SELECT 1 FROM notes",
        "SELECT 1; DELETE FROM notes",
        "select 1 -- x",
        "BEGIN; SELECT * FROM notes",
        "RESET ROLE",
        "SET ROLE x",
        "PRAGMA table_info(notes)",
        "ATTACH 'x' AS y",
        "select set_config('a', 'b', true)",
        "select nextval('a') FROM notes",
        "select nextval('a'), (select 1)",
        "show all; select 1",
        "COMMIT AND CHAIN",
    ],
)
def test_not_safe(statement: str) -> None:
    assert not is_safe(statement)
