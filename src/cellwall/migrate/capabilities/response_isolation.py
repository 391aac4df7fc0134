"""Writes tests that an HTTP response holds data of the user who asked and of nobody else."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary, users
from cellwall.migrate.new_tests.http_requests import Requests
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation


def _tests(say: Spelling) -> str:
    say.use("import asyncio")
    web = Requests(say)
    return f"{web.helper()}{_not_kept(web)}\n\n{_at_once(web)}"


def _not_kept(web: Requests) -> str:
    test = "test_a_response_is_not_kept_for_the_next_user"
    mine = canary(test, "amber-note")
    stated = isolation(
        "first and second are clients of two users",
        f"the app of {web.name} makes each response anew, also of the same address",
        "the response to second holds nothing of first, in body or headers, between two equal ones to first",
    )
    return f"""
async def {test}():
    {stated}
    app = {web.app}
    async with (
        {web.client(canary(test, "amber"))} as first,
        {web.client(canary(test, "birch"))} as second,
    ):
        {web.send("first", mine)}
        before = {web.read("first")}
        response_to_second = {web.read("second")}
        after = {web.read("first")}
    assert {mine} in before.text
    assert after.text == before.text
    for held in (response_to_second.text, str(response_to_second.headers)):
        assert {mine} not in held
        assert {canary(test, "amber")} not in held
"""


def _at_once(web: Requests) -> str:
    test = "test_responses_that_overlap_are_not_mixed_up"
    stated = isolation(
        "each of users has a client with a token of its own",
        f"one app of {web.name} answers all of them while asyncio.gather runs their requests",
        "every response names what its own user stored and no other of users",
    )
    return f"""
async def {test}():
    {stated}
    app = {web.app}
    users = {users(test, 6)}

    async def ask(user):
        async with {web.client("user")} as client:
            {web.send("client", 'f"noted by {user}"')}
            await asyncio.sleep(0)
            return [({web.read("client")}).text for _ in range(3)]

    answered = await asyncio.gather(*(ask(user) for user in users))
    for user, responses in zip(users, answered, strict=True):
        for response in responses:
            assert [other for other in users if f"noted by {{other}}" in response] == [user]
"""


CAPABILITY: Final = Capability(
    name="response-isolation",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "response isolation",
        "response isolated",
        "api response",
        "response user",
        "http response",
        "response leak",
    ),
    new_tests=NewTests(title="Responses hold data of their own user alone.", role="app", write=_tests),
)
