"""Writes tests that requests leave no session open: many in a row, and one that is cancelled."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary, users
from cellwall.migrate.new_tests.contexts import two_contexts
from cellwall.migrate.new_tests.rows import Rows
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation


def _tests(say: Spelling) -> str:
    say.use("import asyncio")
    say.use("import pytest")
    rows = Rows(say)
    return f"{_many(say, rows)}\n\n{_cancelled(say, rows)}"


def _many(say: Spelling, rows: Rows) -> str:
    test = "test_many_requests_leave_nothing_open"
    stated = isolation(
        "each of users has a request of its own",
        f"{say.name_of('session')} opens a session for each, several at once",
        "every session is another one, and none is in_transaction after its request",
    )
    return f"""
async def {test}():
    {stated}
    users = {users(test, 8)}

    async def request(user):
        context = {say.role("context", user_id="user")}
        {rows.open("context", "session")}:
            {rows.texts("session")}
            await asyncio.sleep(0)
            assert session.in_transaction()
        return session

    sessions = await asyncio.gather(*(request(user) for user in users))
    assert len({{id(session) for session in sessions}}) == len(users)
    assert [session.in_transaction() for session in sessions] == [False] * len(users)
"""


def _cancelled(say: Spelling, rows: Rows) -> str:
    test = "test_a_cancelled_request_leaves_nothing_open"
    mine = canary(test, "amber-row")
    stated = isolation(
        "first and second are contexts of two users",
        f"{say.name_of('session')} closes the session of first when its task is cancelled",
        "the cancelled session is not in_transaction, and the session of second reads none of its rows",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    opened = asyncio.Queue()

    async def request():
        {rows.open("first", "session")}:
            {rows.do("session", "add", rows.row(mine))}
            {rows.do("session", "flush")}
            opened.put_nowait(session)
            await asyncio.Event().wait()

    task = asyncio.create_task(request())
    cancelled_session = await asyncio.wait_for(opened.get(), timeout=30)
    assert cancelled_session.in_transaction()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not cancelled_session.in_transaction()
    {rows.open("second", "session")}:
        seen_by_second = {rows.texts("session")}
    assert {mine} not in seen_by_second
"""


CAPABILITY: Final = Capability(
    name="resource-cleanup",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "resource cleanup",
        "resource clean up",
        "resource cleaned up",
        "resource released",
        "resource given back",
        "resource freed",
        "resource release",
    ),
    new_tests=NewTests(
        title="Requests give back what they opened, also when they are cancelled.",
        role="session",
        write=_tests,
    ),
)
