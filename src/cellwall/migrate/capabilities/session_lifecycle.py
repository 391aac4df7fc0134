"""Writes tests that a session begins and ends with its own request."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.contexts import two_contexts
from cellwall.migrate.new_tests.rows import Rows
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation


def _tests(say: Spelling) -> str:
    rows = Rows(say)
    return f"{_ends(say, rows)}\n\n{_begins(say, rows)}"


def _ends(say: Spelling, rows: Rows) -> str:
    test = "test_a_session_ends_with_its_block"
    stated = isolation(
        "first is the context of one user's request",
        f"{say.name_of('session')} opens a session for it and closes it with the block",
        "session is in_transaction inside the block and not after it",
    )
    return f"""
async def {test}():
    {stated}
    first = {say.role("context", user_id=canary(test, "amber"))}
    {rows.open("first", "session")}:
        {rows.do("session", "add", rows.row(canary(test, "amber-row")))}
        {rows.do("session", "flush")}
        assert session.in_transaction()
    assert not session.in_transaction()
"""


def _begins(say: Spelling, rows: Rows) -> str:
    test = "test_a_session_begins_with_nothing_of_the_one_before"
    mine = canary(test, "amber-row")
    stated = isolation(
        "first and second are contexts of two users, one after the other",
        f"{say.name_of('session')} opens a session for each",
        "second_session is not first_session, and neither holds nor reads the row of first",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    {rows.open("first", "first_session")}:
        row = {rows.row(mine)}
        {rows.do("first_session", "add", "row")}
        {rows.do("first_session", "flush")}
        assert row in first_session
    {rows.open("second", "second_session")}:
        assert second_session is not first_session
        assert row not in second_session
        seen_by_second = {rows.texts("second_session")}
    assert {mine} not in seen_by_second
"""


CAPABILITY: Final = Capability(
    name="session-lifecycle",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "session lifecycle validation",
        "session lifecycle",
        "session life cycle",
        "session lifetime",
        "session end request",
        "session begin end",
    ),
    new_tests=NewTests(
        title="A database session begins and ends with its own request.", role="session", write=_tests
    ),
)
