"""Writes tests that a session sees the rows of its own user and nobody else's."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.contexts import two_contexts
from cellwall.migrate.new_tests.rows import Rows
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation


def _tests(say: Spelling) -> str:
    rows = Rows(say)
    return f"{_own_rows(say, rows)}\n\n{_later(say, rows)}"


def _own_rows(say: Spelling, rows: Rows) -> str:
    test = "test_a_session_sees_the_rows_of_its_own_user"
    mine, theirs = canary(test, "amber-row"), canary(test, "birch-row")
    stated = isolation(
        "first and second are contexts of two users",
        f"{say.name_of('session')} opens a session for each, and each commits a row",
        "the rows that each session reads have the canary of its own user and not the other's",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    {rows.open("first", "session")}:
        {rows.do("session", "add", rows.row(mine))}
        {rows.do("session", "commit")}
    {rows.open("second", "session")}:
        {rows.do("session", "add", rows.row(theirs))}
        {rows.do("session", "commit")}
        seen_by_second = {rows.texts("session")}
    {rows.open("first", "session")}:
        seen_by_first = {rows.texts("session")}
    assert {mine} in seen_by_first
    assert {theirs} not in seen_by_first
    assert {theirs} in seen_by_second
    assert {mine} not in seen_by_second
"""


def _later(say: Spelling, rows: Rows) -> str:
    test = "test_sessions_open_at_once_are_each_users_own"
    mine = canary(test, "amber-row")
    stated = isolation(
        "first and second are contexts of two users",
        f"{say.name_of('session')} keeps a session open for each at the same time",
        "first_session is not second_session, which reads no row that first_session committed",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    {rows.open_both()}
        {rows.do("first_session", "add", rows.row(mine))}
        {rows.do("first_session", "commit")}
        seen_by_first = {rows.texts("first_session")}
        seen_by_second = {rows.texts("second_session")}
        assert first_session is not second_session
    assert {mine} in seen_by_first
    assert {mine} not in seen_by_second
"""


CAPABILITY: Final = Capability(
    name="database-session-isolation",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "database session isolation",
        "database isolation",
        "database isolated",
        "session isolated",
        "session isolation request",
        "db session isolation",
        "database row user",
    ),
    new_tests=NewTests(
        title="A database session sees the rows of its own user and nobody else's.",
        role="session",
        write=_tests,
    ),
)
