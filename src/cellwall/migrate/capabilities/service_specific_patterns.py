"""Repairs a service's tests by all rules, and writes tests of the walls that the service has of its own."""

from typing import Final

from cellwall.migrate.capabilities.capability import CHANGE, Capability, NewTests, subjects
from cellwall.migrate.new_tests.analytics import Analytics
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.contexts import two_contexts
from cellwall.migrate.new_tests.http_requests import Requests
from cellwall.migrate.new_tests.optional import spelled_ones
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation
from cellwall.migrate.new_tests.tokens import Tokens

_ANALYTICS: Final = "test_analytics_tell_users_of_their_own_events_alone"
_APP: Final = "test_the_application_shows_users_what_they_stored_themselves"


def _tests(say: Spelling) -> str:
    return spelled_ones(say, _tokens, _analytics, _app)


def _tokens(say: Spelling) -> str:
    tokens, test = Tokens(say), "test_tokens_tell_their_bearers_apart"
    stated = isolation(
        "early_token and late_token are made for two users",
        f"{tokens.reads} reads the user out of the token alone",
        "late_token proves its user before and after early_token proves the other",
    )
    amber, birch = canary(test, "amber"), canary(test, "birch")
    return f"""
async def {test}():
    {stated}
    early_token = {tokens.issue(amber)}
    late_token = {tokens.issue(birch)}
    assert {tokens.owner("late_token")} == {birch}
    assert {tokens.owner("early_token")} == {amber}
    assert {tokens.owner("late_token")} == {birch}
"""


def _analytics(say: Spelling) -> str:
    events, test = Analytics(say), _ANALYTICS
    mine, theirs = canary(test, "amber-event"), canary(test, "birch-event")
    helper = events.helper()
    stated = isolation(
        "first and second are contexts of two users",
        f"{events.asks} answers with events of the user that it is asked for",
        "events_of_second hold the event of second and nothing of first",
    )
    return f"""
{helper}async def {test}():
    {stated}
    {two_contexts(say, test)}
    {events.track(mine, "first")}
    {events.track(theirs, "second")}
    events_of_second = {events.texts(canary(test, "birch"))}
    assert {theirs} in events_of_second
    assert {mine} not in events_of_second
    assert {canary(test, "amber")} not in events_of_second
"""


def _app(say: Spelling) -> str:
    web, test = Requests(say), _APP
    mine, theirs = canary(test, "amber-note"), canary(test, "birch-note")
    stated = isolation(
        "first and second are clients with the tokens of two users",
        f"one app of {web.name} serves what each stored",
        "shown_to_second holds the note of second and not the one of first",
    )
    return f"""
{web.helper()}async def {test}():
    {stated}
    app = {web.app}
    async with (
        {web.client(canary(test, "amber"))} as first,
        {web.client(canary(test, "birch"))} as second,
    ):
        {web.send("first", mine)}
        {web.send("second", theirs)}
        shown_to_second = ({web.read("second")}).text
    assert {theirs} in shown_to_second
    assert {mine} not in shown_to_second
"""


CAPABILITY: Final = Capability(
    name="service-specific-patterns",
    rules=(
        "dispatcher-without-context",
        "global-registry-access",
        "shared-session",
        "singleton-websocket-manager",
        "script-state-shared-by-tests",
        "script-user-shared-by-tests",
        "script-store-shared-by-tests",
    ),
    verbs=CHANGE,
    subjects=subjects(
        "service specific isolation pattern",
        "service specific pattern",
        "service specific isolation",
        "service specific",
        "service own isolation",
        "service own pattern",
        "each service isolation",
        "every service isolation",
    ),
    new_tests=NewTests(
        title="Each service keeps users apart by a wall of its own.",
        role="token_owner",
        write=_tests,
        roles={_ANALYTICS: "query", _APP: "app"},
    ),
)
