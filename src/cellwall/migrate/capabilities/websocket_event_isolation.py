"""Writes tests that an event reaches its own user's connections and nobody else's."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests
from cellwall.migrate.new_tests.spelling import Spelling


def _tests(say: Spelling) -> str:
    pool, connect, send = say.role("pool"), "register_connection", "send_to_user"
    return f'''
async def test_an_event_reaches_its_own_user_only():
    """Isolation: an event belongs to the user whom it is sent to; the connection pool routes it;
    what each user's connection received is compared."""
    pool = {pool}
    first = {say.call("pool", "pool", connect, '"user-of-the-first-canary", "first-connection"')}
    second = {say.call("pool", "pool", connect, '"user-of-the-second-canary", "second-connection"')}
    {say.call("pool", "pool", send, '"user-of-the-first-canary", {"event": "canary-of-the-first"}')}
    {say.call("pool", "pool", send, '"user-of-the-second-canary", {"event": "canary-of-the-second"}')}
    assert first.received_events == [{{"event": "canary-of-the-first"}}]
    assert second.received_events == [{{"event": "canary-of-the-second"}}]
'''


CAPABILITY: Final = Capability(
    name="websocket-event-isolation",
    rules=(),
    verbs=NEW,
    subjects=tuple(
        frozenset(words.split())
        for words in ("websocket event isolation", "event routing isolation", "websocket isolation")
    ),
    new_tests=NewTests(
        title="Events of one user reach that user's connections and no other's.", role="pool", write=_tests
    ),
)
