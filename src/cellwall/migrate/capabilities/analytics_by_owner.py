"""Writes tests that analytics events are tagged with their owner and given to nobody else."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.analytics import Analytics
from cellwall.migrate.new_tests.canaries import canary, users
from cellwall.migrate.new_tests.contexts import two_contexts
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation

_TAGGED: Final = "test_an_event_is_tagged_with_its_owner"


def _tests(say: Spelling) -> str:
    events = Analytics(say)
    return f"{events.helper()}{_tagged(say, events)}\n\n{_asked(say, events)}\n\n{_many(say, events)}"


def _tagged(say: Spelling, events: Analytics) -> str:
    test = _TAGGED
    mine, theirs = canary(test, "amber-event"), canary(test, "birch-event")
    stated = isolation(
        "first and second are contexts of two users",
        f"{events.keeps} tags an event with the user of the context",
        "the events_of_second hold the event and the id of its own user",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    {events.track(mine, "first")}
    {events.track(theirs, "second")}
    events_of_second = {events.texts(canary(test, "birch"))}
    assert {theirs} in events_of_second
    assert {canary(test, "birch")} in events_of_second
    assert {mine} not in events_of_second
"""


def _asked(say: Spelling, events: Analytics) -> str:
    test = "test_a_question_for_one_user_gives_nobody_elses_events"
    mine, theirs = canary(test, "amber-event"), canary(test, "birch-event")
    stated = isolation(
        "first and second are contexts of two users",
        f"{events.asks} gives the events of the user that it is asked for",
        "the events_of_first and events_of_second each hold the event of their own user alone",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    {events.track(mine, "first")}
    {events.track(theirs, "second")}
    events_of_first = {events.texts(canary(test, "amber"))}
    events_of_second = {events.texts(canary(test, "birch"))}
    assert {mine} in events_of_first
    assert {theirs} not in events_of_first
    assert {theirs} in events_of_second
    assert {mine} not in events_of_second
"""


def _many(say: Spelling, events: Analytics) -> str:
    test = "test_events_in_turns_stay_with_their_users"
    stated = isolation(
        "each of users has a context of its own",
        f"{events.asks} is asked for each after {events.keeps} kept their events in turns",
        "the events held for every user name no other of users",
    )
    return f"""
async def {test}():
    {stated}
    users = {users(test, 6)}
    contexts = [{say.role("context", user_id="user")} for user in users]
    for step in ("begun", "continued", "ended"):
        for user, context in zip(users, contexts, strict=True):
            {events.track('f"{step} by {user}"', "context")}
    for user in users:
        held = {events.texts("user")}
        for step in ("begun", "continued", "ended"):
            assert f"{{step}} by {{user}}" in held
        assert [other for other in users if f"by {{other}}" in held] == [user]
"""


CAPABILITY: Final = Capability(
    name="analytics-by-owner",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "analytic owner",
        "analytic tagged",
        "analytic event owner",
        "analytic event user",
        "analytic isolation",
        "analytic isolated",
        "analytic user",
        "tracking event user",
    ),
    new_tests=NewTests(
        title="Analytics events belong to the user who caused them.",
        role="query",
        write=_tests,
        roles={_TAGGED: "track"},
    ),
)
