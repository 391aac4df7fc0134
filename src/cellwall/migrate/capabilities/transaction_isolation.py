"""Writes tests that what one request has not committed, or takes back, touches nobody else."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.contexts import two_contexts
from cellwall.migrate.new_tests.rows import Rows
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation


def _tests(say: Spelling) -> str:
    rows = Rows(say)
    return f"{_uncommitted(say, rows)}\n\n{_rolled_back(say, rows)}"


def _uncommitted(say: Spelling, rows: Rows) -> str:
    test = "test_what_is_not_committed_is_seen_by_nobody_else"
    mine = canary(test, "amber-pending")
    stated = isolation(
        "first and second are contexts of two users",
        f"{say.name_of('session')} gives each a transaction of its own",
        "the pending row is read by first_session and not by second_session",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    {rows.open_both()}
        {rows.do("first_session", "add", rows.row(mine))}
        {rows.do("first_session", "flush")}
        seen_by_first = {rows.texts("first_session")}
        seen_by_second = {rows.texts("second_session")}
    assert {mine} in seen_by_first
    assert {mine} not in seen_by_second
"""


def _rolled_back(say: Spelling, rows: Rows) -> str:
    test = "test_a_rollback_takes_back_what_its_own_user_did"
    mine, theirs = canary(test, "amber-undone"), canary(test, "birch-kept")
    stated = isolation(
        "first and second are contexts of two users",
        f"{say.name_of('session')} gives each a transaction of its own, of which first's is rolled back",
        "second_session still reads its own row, and first_session reads neither row",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    {rows.open_both()}
        {rows.do("second_session", "add", rows.row(theirs))}
        {rows.do("second_session", "commit")}
        {rows.do("first_session", "add", rows.row(mine))}
        {rows.do("first_session", "flush")}
        {rows.do("first_session", "rollback")}
        seen_by_first = {rows.texts("first_session")}
        seen_by_second = {rows.texts("second_session")}
    assert {theirs} in seen_by_second
    assert {theirs} not in seen_by_first
    assert {mine} not in seen_by_first
    assert {mine} not in seen_by_second
"""


CAPABILITY: Final = Capability(
    name="transaction-isolation",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "transaction isolation",
        "transaction isolated",
        "uncommitted row",
        "uncommitted user",
        "rollback user",
        "rollback isolation",
        "transaction user",
    ),
    new_tests=NewTests(
        title="What one user's transaction has not committed, or takes back, touches nobody else.",
        role="session",
        write=_tests,
    ),
)
