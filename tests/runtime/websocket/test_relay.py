"""A pool's side of a broker: followed while anybody is interested, and no longer."""

import asyncio
from typing import Any

import pytest

from cellwall import WebSocketConnectionPool
from cellwall.runtime.errors import ConnectionRefusedForOwnerError, StoreUnavailableError
from cellwall.runtime.websocket import Inbox, Message
from cellwall.runtime.websocket.relay import Relay


class Recorded:
    """A broker that keeps what it is told, and lets follow wait at a gate."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.full = False
        self.error: Exception | None = None
        self.messages: list[Message] = []

    def publish(self, message: Message) -> None:
        if self.full:
            raise StoreUnavailableError("full")
        self.messages.append(message)

    async def follow(self, inbox: Inbox) -> None:
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        self.told.append(("follow", inbox.user_id))

    async def unfollow(self, inbox: Inbox) -> None:
        self.told.append(("unfollow", inbox.user_id))


def relay(broker: Recorded) -> Relay:
    return Relay(broker, lambda user_id, target, text: None, lambda user_id: None)


async def test_followed_once_for_all_who_are_interested() -> None:
    broker = Recorded()
    ours = relay(broker)
    await asyncio.gather(*(ours.join("ada") for _ in range(5)))
    for _ in range(5):
        assert broker.told == [("follow", "ada")]
        ours.leave("ada")
    await ours.settle()
    assert broker.told == [("follow", "ada"), ("unfollow", "ada")]


async def test_nobody_goes_on_before_the_broker_follows(settle: Any) -> None:
    broker = Recorded()
    broker.gate.clear()
    ours = relay(broker)
    joining = [asyncio.create_task(ours.join("ada")) for _ in range(3)]
    await settle()
    assert not any(task.done() for task in joining)
    broker.gate.set()
    await asyncio.gather(*joining)


async def test_one_who_gives_up_while_joining_is_interested_no_more(settle: Any) -> None:
    broker = Recorded()
    broker.gate.clear()
    ours = relay(broker)
    joining = asyncio.create_task(ours.join("ada"))
    await settle()
    joining.cancel()
    await asyncio.gather(joining, return_exceptions=True)
    broker.gate.set()
    await ours.settle()
    assert broker.told == [("follow", "ada"), ("unfollow", "ada")]


async def test_a_broker_that_fails_fails_who_joins(caplog: pytest.LogCaptureFixture) -> None:
    broker = Recorded()
    broker.error = OSError("secret")
    pool = WebSocketConnectionPool(broker=broker)
    with pytest.raises(OSError):
        await pool.register_connection("ada", "ws-1")
    await pool.close()
    assert pool.connection_count() == 0
    assert "OSError" in caplog.text and "secret" not in caplog.text


async def test_two_who_want_one_id_at_once(settle: Any) -> None:
    broker = Recorded()
    broker.gate.clear()
    pool = WebSocketConnectionPool(broker=broker)
    both = [asyncio.create_task(pool.register_connection(user, "ws-1")) for user in ("ada", "bob")]
    await settle()
    broker.gate.set()
    results = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == [
        ConnectionRefusedForOwnerError.__name__,
        "RecordingConnection",
    ]
    await pool.close()
    assert sorted(broker.told) == [
        ("follow", "ada"),
        ("follow", "bob"),
        ("unfollow", "ada"),
        ("unfollow", "bob"),
    ]


async def test_what_does_not_get_out_is_counted() -> None:
    broker = Recorded()
    pool = WebSocketConnectionPool(broker=broker)
    client = await pool.register_connection("ada", "ws-1")
    broker.full = True
    assert await pool.send_to_user("ada", {"n": 1}) == 1
    broker.full = False
    await pool.send_to_user("ada", {"n": 2})
    assert [event["n"] for event in client.received_events] == [1, 2]
    assert pool.stats().unpublished == 1
    assert [message.text for message in broker.messages] == ['{"n":2}']


async def test_a_history_is_followed_while_it_is_kept(settle: Any) -> None:
    broker = Recorded()
    pool = WebSocketConnectionPool(broker=broker, history_users=1)
    for user in ("ada", "bob"):
        await pool.register_connection(user, f"ws-{user}", resume=True)
        await pool.disconnect(user, f"ws-{user}")
    await settle()
    assert broker.told == [("follow", "ada"), ("follow", "bob"), ("unfollow", "ada")]
    await pool.disconnect_user("bob")
    await pool.close()
    assert broker.told[-1] == ("unfollow", "bob")
