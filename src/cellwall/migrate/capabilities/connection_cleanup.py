"""Writes tests that a closed connection is gone, and that nobody closes another user's."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.connections import Connections
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation


def _tests(say: Spelling) -> str:
    ws = Connections(say)
    return f"{_is_gone(ws)}\n\n{_not_by_others(ws)}"


def _is_gone(ws: Connections) -> str:
    test = "test_a_closed_connection_receives_nothing_more"
    amber, birch = canary(test, "amber"), canary(test, "birch")
    laptop, before = canary(test, "amber-laptop"), canary(test, "amber-before")
    after, theirs = canary(test, "amber-after"), canary(test, "birch-event")
    stated = isolation(
        "first and second are connections of two users",
        f"one {ws.name} disconnects the connection of the first user",
        "received_events of first end with the disconnect, those of second go on",
    )
    return f"""
async def {test}():
    {stated}
    pool = {ws.pool}
    first = {ws.register(amber, laptop)}
    second = {ws.register(birch, canary(test, "birch-laptop"))}
    {ws.send(amber, f'{{"event": {before}}}')}
    {ws.disconnect(amber, laptop)}
    {ws.send(amber, f'{{"event": {after}}}')}
    {ws.send(birch, f'{{"event": {theirs}}}')}
    assert first.received_events == [{{"event": {before}}}]
    assert second.received_events == [{{"event": {theirs}}}]
"""


def _not_by_others(ws: Connections) -> str:
    test = "test_a_disconnect_closes_the_connection_of_its_own_user"
    amber, birch = canary(test, "amber"), canary(test, "birch")
    laptop, theirs, mine = (canary(test, name) for name in ("amber-laptop", "birch-laptop", "amber-event"))
    stated = isolation(
        "first and second are connections of two users",
        f"one {ws.name} disconnects for the second user its own connection, and one that is not its own",
        "received_events of first go on, those of second stay empty",
    )
    return f"""
async def {test}():
    {stated}
    pool = {ws.pool}
    first = {ws.register(amber, laptop)}
    second = {ws.register(birch, theirs)}
    {ws.disconnect(birch, theirs)}
    {ws.disconnect(birch, laptop)}
    {ws.send(amber, f'{{"event": {mine}}}')}
    {ws.send(birch, f'{{"event": {canary(test, "birch-event")}}}')}
    assert first.received_events == [{{"event": {mine}}}]
    assert second.received_events == []
"""


CAPABILITY: Final = Capability(
    name="connection-cleanup",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "connection cleanup disconnect",
        "connection cleanup",
        "connection clean up",
        "connection cleaned up",
        "websocket cleanup",
        "disconnect cleanup",
        "disconnect clean up",
        "connection closed disconnect",
    ),
    new_tests=NewTests(
        title="A connection that was closed is gone, and other users' connections stay.",
        role="pool",
        write=_tests,
    ),
)
