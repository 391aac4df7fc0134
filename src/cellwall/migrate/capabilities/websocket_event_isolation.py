"""Writes tests that an event reaches its own user's connections and nobody else's."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.connections import Connections
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation


def _tests(say: Spelling) -> str:
    ws = Connections(say)
    return f"{_own_user_only(ws)}\n\n{_same_name(ws)}"


def _own_user_only(ws: Connections) -> str:
    test = "test_an_event_reaches_its_own_user_only"
    amber, birch = canary(test, "amber"), canary(test, "birch")
    mine, theirs = canary(test, "amber-event"), canary(test, "birch-event")
    stated = isolation(
        "first and second are connections of two users",
        f"one {ws.name} routes each event by the user whom it is sent to",
        "received_events of each hold the event of its own user alone",
    )
    return f"""
async def {test}():
    {stated}
    pool = {ws.pool}
    first = {ws.register(amber, canary(test, "amber-laptop"))}
    second = {ws.register(birch, canary(test, "birch-laptop"))}
    {ws.send(amber, f'{{"event": {mine}}}')}
    {ws.send(birch, f'{{"event": {theirs}}}')}
    assert first.received_events == [{{"event": {mine}}}]
    assert second.received_events == [{{"event": {theirs}}}]
"""


def _same_name(ws: Connections) -> str:
    test = "test_events_of_one_name_are_told_apart_by_their_user"
    amber, birch = canary(test, "amber"), canary(test, "birch")
    mine, theirs = canary(test, "amber-note"), canary(test, "birch-note")
    return f"""
async def {test}():
    {
        isolation(
            "first and second are connections of two users",
            f"one {ws.name} routes two events of the same name by their users",
            "received_events of each hold the note of its own user alone",
        )
    }
    pool = {ws.pool}
    first = {ws.register(amber, canary(test, "amber-laptop"))}
    second = {ws.register(birch, canary(test, "birch-laptop"))}
    {ws.send(birch, f'{{"event": "noted", "data": {{"note": {theirs}}}}}')}
    {ws.send(amber, f'{{"event": "noted", "data": {{"note": {mine}}}}}')}
    assert [event["data"] for event in first.received_events] == [{{"note": {mine}}}]
    assert [event["data"] for event in second.received_events] == [{{"note": {theirs}}}]
"""


CAPABILITY: Final = Capability(
    name="websocket-event-isolation",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "websocket event isolation",
        "event routing isolation",
        "websocket isolation",
        "event isolation",
        "websocket event isolated",
        "websocket event user",
    ),
    new_tests=NewTests(
        title="Events of one user reach that user's connections and no other's.", role="pool", write=_tests
    ),
)
