"""Writes tests that an HTTP request is answered as the user of its token, and refused without a good one."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.http_requests import Requests
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation


def _tests(say: Spelling) -> str:
    web = Requests(say)
    return f"{web.helper()}{_own_user(web)}\n\n{_nobody(web)}"


def _own_user(web: Requests) -> str:
    test = "test_a_request_is_answered_as_the_user_of_its_token"
    mine, theirs = canary(test, "amber-note"), canary(test, "birch-note")
    stated = isolation(
        "first and second are clients with the tokens of two users",
        f"one app of {web.name} tells its callers apart by their tokens alone",
        "the answer to each holds what its own user stored and nothing of the other",
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
        {web.send("second", theirs)}
        answer_to_first = {web.read("first")}
        answer_to_second = {web.read("second")}
    assert {mine} in answer_to_first.text
    assert {theirs} not in answer_to_first.text
    assert {theirs} in answer_to_second.text
    assert {mine} not in answer_to_second.text
"""


def _nobody(web: Requests) -> str:
    test = "test_a_request_without_a_good_token_is_refused"
    mine = canary(test, "amber-note")
    stated = isolation(
        "first is a client with the token of a user who stored a note",
        f"the app of {web.name} asks each request for a token of its own",
        "the answer to a spoiled token and to none is a refusal without the note",
    )
    return f"""
async def {test}():
    {stated}
    app = {web.app}
    token = {web.token(canary(test, "amber"))}
    async with {web.client_with("token")} as first:
        {web.send("first", mine)}
        answer_to_first = {web.read("first")}
    assert {mine} in answer_to_first.text
    for bad_token in ("", token[:-8] + token[-8:][::-1]):
        async with {web.client_with("bad_token")} as stranger:
            refusal = {web.read("stranger")}
        assert refusal.status_code in (401, 403)
        assert {mine} not in refusal.text
"""


CAPABILITY: Final = Capability(
    name="api-authentication-isolation",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "api authentication isolation",
        "api authentication",
        "api auth",
        "authentication isolation",
        "authentication isolated",
        "authenticated request",
        "request authentication",
        "api token user",
    ),
    new_tests=NewTests(title="Requests are answered as the user of their token.", role="app", write=_tests),
)
