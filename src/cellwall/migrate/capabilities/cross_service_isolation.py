"""Writes tests that a user's way from one service to another ends at that user's data."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.analytics import Analytics
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.optional import spelled_ones
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation
from cellwall.migrate.new_tests.tokens import Tokens

_USERS: Final = "test_a_token_of_one_service_leads_to_its_users_data_in_another"
_SERVICES: Final = "test_a_service_reaches_the_data_of_the_user_for_whom_it_acts"
_KINDS: Final = "test_a_token_between_services_signs_no_user_in"


def _tests(say: Spelling) -> str:
    return spelled_ones(say, _data) + "\n\n\n" + spelled_ones(say, _kinds, least=0)


def _data(say: Spelling) -> str:
    helper = Analytics(say).helper()
    return helper + spelled_ones(say, _user_data, _service_data)


def _user_data(say: Spelling) -> str:
    return _way(say, _USERS, Tokens(say))


def _service_data(say: Spelling) -> str:
    return _way(say, _SERVICES, Tokens.of_services(say))


def _way(say: Spelling, test: str, tokens: Tokens) -> str:
    events = Analytics(say)
    mine, theirs = canary(test, "amber-event"), canary(test, "birch-event")
    stated = isolation(
        "first_user and second_user are whom two tokens prove in another service",
        f"{events.keeps} and {events.asks} work for the user whom {tokens.reads} gives",
        "what is kept for each token is found under its own user alone",
    )
    return f"""
async def {test}():
    {stated}
    first_token = {tokens.issue(canary(test, "amber"))}
    second_token = {tokens.issue(canary(test, "birch"))}
    first_user = {tokens.owner("first_token")}
    second_user = {tokens.owner("second_token")}
    first = {say.role("context", user_id="first_user")}
    second = {say.role("context", user_id="second_user")}
    {events.track(mine, "first")}
    {events.track(theirs, "second")}
    events_of_first = {events.texts(canary(test, "amber"))}
    events_of_second = {events.texts(canary(test, "birch"))}
    assert {mine} in events_of_first
    assert {theirs} not in events_of_first
    assert {theirs} in events_of_second
    assert {mine} not in events_of_second
"""


def _kinds(say: Spelling) -> str:
    tokens, services, test = Tokens(say), Tokens.of_services(say), _KINDS
    user = canary(test, "amber")
    stated = isolation(
        "user_token signs a user in, and token_of_service lets a service act for the same user",
        f"{tokens.reads} takes tokens of users alone",
        "user_token proves the user, and token_of_service does not",
    )
    return f"""
{tokens.helper()}async def {test}():
    {stated}
    user_token = {tokens.issue(user)}
    token_of_service = {services.issue(user)}
    assert {tokens.proves("user_token")} == {user}
    assert {tokens.proves("token_of_service")} != {user}
"""


CAPABILITY: Final = Capability(
    name="cross-service-isolation",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "cross service isolation",
        "cross service",
        "cross service data",
        "between service isolation",
        "service boundary isolation",
        "across service",
        "one service another",
    ),
    new_tests=NewTests(
        title="A user's token of one service leads to that user's data in another.",
        role="token_owner",
        write=_tests,
        roles={_SERVICES: "service_owner"},
    ),
)
