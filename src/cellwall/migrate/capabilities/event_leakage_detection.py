"""Writes tests that look for one user's canaries in all that other users' connections received."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.connections import Connections
from cellwall.migrate.new_tests.contexts import two_contexts
from cellwall.migrate.new_tests.held_texts import held_texts
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation


def _tests(say: Spelling) -> str:
    ws = Connections(say)
    return held_texts(say) + f"{_deep(ws)}\n\n{_emitted(say, ws)}"


def _deep(ws: Connections) -> str:
    test = "test_no_canary_is_found_in_what_others_received"
    amber, birch, cedar = (canary(test, name) for name in ("amber", "birch", "cedar"))
    mine, theirs = canary(test, "amber-secret"), canary(test, "birch-secret")
    stated = isolation(
        "first, second and third are connections of three users",
        f"one {ws.name} sends events to two of them, canaries hidden deep inside",
        "texts_held_by received_events of each have no canary of another user",
    )
    return f"""
async def {test}():
    {stated}
    pool = {ws.pool}
    first = {ws.register(amber, canary(test, "amber-laptop"))}
    second = {ws.register(birch, canary(test, "birch-laptop"))}
    third = {ws.register(cedar, canary(test, "cedar-laptop"))}
    {ws.send(amber, f'{{"event": "told", "data": {{"parts": [{{"text": {mine}}}]}}}}')}
    {ws.send(birch, f'{{"event": "told", "data": {{"parts": [{{"text": {theirs}}}]}}}}')}
    assert {mine} in texts_held_by(first.received_events)
    assert {theirs} not in texts_held_by(first.received_events)
    assert {theirs} in texts_held_by(second.received_events)
    assert {mine} not in texts_held_by(second.received_events)
    assert third.received_events == []
"""


def _emitted(say: Spelling, ws: Connections) -> str:
    test = "test_no_canary_of_an_emitter_is_found_with_others"
    amber, birch = canary(test, "amber"), canary(test, "birch")
    mine, theirs = canary(test, "amber-secret"), canary(test, "birch-secret")
    stated = isolation(
        "first and second are contexts of two users with a connection each",
        f"one {ws.name} makes an emitter for each context",
        "texts_held_by received_events of each have the canary of its own emitter alone",
    )
    return f"""
async def {test}():
    {stated}
    pool = {ws.pool}
    {two_contexts(say, test)}
    first_laptop = {ws.register(amber, canary(test, "amber-laptop"))}
    second_laptop = {ws.register(birch, canary(test, "birch-laptop"))}
    {ws.emit("first", '"told"', f'{{"parts": [{{"text": {mine}}}]}}')}
    {ws.emit("second", '"told"', f'{{"parts": [{{"text": {theirs}}}]}}')}
    assert {mine} in texts_held_by(first_laptop.received_events)
    assert {theirs} not in texts_held_by(first_laptop.received_events)
    assert {theirs} in texts_held_by(second_laptop.received_events)
    assert {mine} not in texts_held_by(second_laptop.received_events)
"""


CAPABILITY: Final = Capability(
    name="event-leakage-detection",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "cross user event leakage detection",
        "event leakage",
        "event leak",
        "event leaking",
        "websocket leak",
        "websocket leakage",
        "message leak user",
    ),
    new_tests=NewTests(
        title="No canary of one user is found in what other users' connections received.",
        role="pool",
        write=_tests,
    ),
)
