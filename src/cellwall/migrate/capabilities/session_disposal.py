"""Writes tests that a session is given back however its request ends."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.contexts import two_contexts
from cellwall.migrate.new_tests.rows import Rows
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation


def _tests(say: Spelling) -> str:
    say.use("import pytest")
    rows = Rows(say)
    return f"{_after_failure(say, rows)}\n\n{_alone(say, rows)}"


def _after_failure(say: Spelling, rows: Rows) -> str:
    test = "test_a_request_that_fails_leaves_no_session_open"
    lost = canary(test, "amber-lost")
    stated = isolation(
        "first is the context of one user, whose request fails",
        f"{say.name_of('session')} closes the session with the block, which rolls back",
        "session is not in_transaction after it, and session_after reads no row that was lost",
    )
    return f"""
async def {test}():
    {stated}
    first = {say.role("context", user_id=canary(test, "amber"))}
    with pytest.raises(RuntimeError, match="the request failed"):
        {rows.open("first", "session")}:
            {rows.do("session", "add", rows.row(lost))}
            {rows.do("session", "flush")}
            raise RuntimeError("the request failed")
    assert not session.in_transaction()
    {rows.open("first", "session_after")}:
        seen_after = {rows.texts("session_after")}
    assert {lost} not in seen_after
"""


def _alone(say: Spelling, rows: Rows) -> str:
    test = "test_the_end_of_one_session_ends_no_other"
    mine = canary(test, "amber-row")
    stated = isolation(
        "first and second are contexts of two users",
        f"{say.name_of('session')} closes second_session while first_session is at work",
        "second_session is not in_transaction and has not seen the row of first, whose session goes on",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    {rows.open("first", "first_session")}:
        {rows.do("first_session", "add", rows.row(mine))}
        {rows.do("first_session", "flush")}
        {rows.open("second", "second_session")}:
            seen_by_second = {rows.texts("second_session")}
        assert not second_session.in_transaction()
        assert first_session.in_transaction()
        seen_by_first = {rows.texts("first_session")}
    assert {mine} in seen_by_first
    assert {mine} not in seen_by_second
"""


CAPABILITY: Final = Capability(
    name="session-disposal",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "proper session disposal",
        "session disposal",
        "session disposed",
        "session closed",
        "session cleanup",
        "session clean up",
        "session given back",
    ),
    new_tests=NewTests(
        title="A database session is given back however its request ends.", role="session", write=_tests
    ),
)
