"""Writes end-to-end scenarios of several users: signed in, storing and reading through the application."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary, users
from cellwall.migrate.new_tests.http_requests import Requests
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation


def _tests(say: Spelling) -> str:
    say.use("import asyncio")
    web = Requests(say)
    return f"{web.helper()}{_in_turns(web)}\n\n{_at_once(web)}"


def _in_turns(web: Requests) -> str:
    test = "test_two_users_work_in_turns"
    notes = [canary(test, name) for name in ("amber-early", "birch-early", "amber-late")]
    stated = isolation(
        "first and second are clients with the tokens of two users",
        f"one app of {web.name} serves them in turns, from storing to reading",
        "each reads all that it stored and nothing that the other did",
    )
    return f"""
async def {test}():
    {stated}
    app = {web.app}
    async with (
        {web.client(canary(test, "amber"))} as first,
        {web.client(canary(test, "birch"))} as second,
    ):
        {web.send("first", notes[0])}
        {web.send("second", notes[1])}
        {web.send("first", notes[2])}
        read_by_first = ({web.read("first")}).text
        read_by_second = ({web.read("second")}).text
    notes = [{", ".join(notes)}]
    assert [note in read_by_first for note in notes] == [True, False, True]
    assert [note in read_by_second for note in notes] == [False, True, False]
"""


def _at_once(web: Requests) -> str:
    test = "test_users_work_at_the_same_time"
    stated = isolation(
        "each of users has a client with a token of its own",
        f"one app of {web.name} serves them while asyncio.gather lets them overlap, each in several steps",
        "every user reads the notes of its own and none of the other users",
    )
    return f"""
async def {test}():
    {stated}
    app = {web.app}
    users = {users(test, 5)}

    async def use(user):
        async with {web.client("user")} as client:
            for step in ("begun", "continued", "ended"):
                {web.send("client", 'f"{step} by {user}"')}
                await asyncio.sleep(0)
            return ({web.read("client")}).text

    read = await asyncio.gather(*(use(user) for user in users))
    for user, seen in zip(users, read, strict=True):
        for step in ("begun", "continued", "ended"):
            assert [other for other in users if f"{{step}} by {{other}}" in seen] == [user]
"""


CAPABILITY: Final = Capability(
    name="multi-user-end-to-end",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "multi user e2e",
        "multi user e2e scenario",
        "multi user end to end",
        "multi user scenario",
        "multi user journey",
        "several user end to end",
        "several user e2e",
        "two user end to end",
    ),
    new_tests=NewTests(title="Several users go through the whole application.", role="app", write=_tests),
)
