"""What every broker does: the same tests for the one in memory and the one over a real Redis."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from cellwall import UserExecutionContext, WebSocketConnectionPool
from cellwall.runtime.websocket import Broker, MemoryBroker, Message
from cellwall.runtime.websocket.redis_broker import RedisBroker

Until = Callable[[Callable[[], bool]], Any]

NASTY = ("a*", "a", "*", "a:b", "a?", "[ab]", "user\n1", "ä\u2028", "x" * 200)


@pytest.fixture(params=["memory", "redis"])
async def brokers(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Broker, Broker]]:
    """Two ends of one broker, as two processes have them."""
    if request.param == "memory":
        broker = MemoryBroker()
        yield broker, broker
    else:
        url, prefix = request.getfixturevalue("redis_url"), f"t{secrets.token_hex(8)}"
        async with RedisBroker(url, prefix=prefix) as one, RedisBroker(url, prefix=prefix) as other:
            yield one, other


def message(owner: str, number: int, *, origin: str = "there", target: str | None = None) -> Message:
    return Message(owner, origin, number, target, f'{{"n":{number}}}')


async def test_who_follows_gets_all_in_order_and_once(
    brokers: tuple[Broker, Broker], post: Any, until: Until
) -> None:
    here, there = brokers
    ada = post("ada")
    await here.follow(ada.inbox)
    for number in range(1, 301):
        there.publish(message("ada", number, target="ws-1" if number % 2 else None))
    await until(lambda: len(ada.texts) >= 300)
    assert ada.texts == [("ws-1" if n % 2 else None, f'{{"n":{n}}}') for n in range(1, 301)]
    assert (ada.gaps, ada.arrivals.refused, ada.arrivals.repeated) == (0, 0, 0)


async def test_nobody_gets_what_is_another_users(
    brokers: tuple[Broker, Broker], post: Any, until: Until
) -> None:
    here, there = brokers
    posts = {user: post(user) for user in NASTY}
    for made in posts.values():
        await here.follow(made.inbox)
    for number, user in enumerate(NASTY, 1):
        there.publish(message(user, number))
    await until(lambda: all(made.texts for made in posts.values()))
    assert {user: made.texts for user, made in posts.items()} == {
        user: [(None, f'{{"n":{number}}}')] for number, user in enumerate(NASTY, 1)
    }


async def test_one_that_comes_twice_is_delivered_once(
    brokers: tuple[Broker, Broker], post: Any, until: Until
) -> None:
    here, there = brokers
    ada = post("ada")
    await here.follow(ada.inbox)
    for number in (1, 2, 1, 2, 3):
        there.publish(message("ada", number))
    await until(lambda: len(ada.texts) >= 3)
    assert [text for _, text in ada.texts] == ['{"n":1}', '{"n":2}', '{"n":3}']
    assert ada.arrivals.repeated == 2


async def test_ones_own_are_ignored(brokers: tuple[Broker, Broker], post: Any, until: Until) -> None:
    here, _ = brokers
    ada = post("ada", "here")
    await here.follow(ada.inbox)
    here.publish(message("ada", 1, origin="here"))
    here.publish(message("ada", 1, origin="elsewhere"))
    await until(lambda: bool(ada.texts))
    assert len(ada.texts) == 1


async def test_who_unfollows_gets_nothing_more(
    brokers: tuple[Broker, Broker], post: Any, until: Until
) -> None:
    here, there = brokers
    gone, stays = post("ada"), post("ada", "too")
    await here.follow(gone.inbox)
    await here.follow(stays.inbox)
    await here.unfollow(gone.inbox)
    there.publish(message("ada", 1))
    await until(lambda: bool(stays.texts))
    assert gone.texts == []
    await here.unfollow(stays.inbox)
    await here.unfollow(stays.inbox)
    back = post("ada")
    await here.follow(back.inbox)
    there.publish(message("ada", 2))
    await until(lambda: bool(back.texts))
    assert len(stays.texts) == 1


async def test_following_is_over_when_it_returns(
    brokers: tuple[Broker, Broker], post: Any, until: Until
) -> None:
    here, there = brokers
    posts = [post(f"user-{number}") for number in range(50)]
    await asyncio.gather(*(here.follow(made.inbox) for made in posts))
    for number, made in enumerate(posts, 1):
        there.publish(message(made.inbox.user_id, number))
    await until(lambda: all(made.texts for made in posts))


class TestPools:
    async def test_a_user_on_two_processes(self, brokers: tuple[Broker, Broker], until: Until) -> None:
        here, there = (WebSocketConnectionPool(broker=broker) for broker in brokers)
        phone = await here.register_connection("ada", "phone")
        laptop = await there.register_connection("ada", "laptop")
        bob = await there.register_connection("bob", "ws-9")
        assert await here.send_to_user("ada", {"event": "one"}) == 1
        assert await there.send_to_user("ada", {"event": "two"}) == 1
        await until(lambda: len(phone.received_events) == len(laptop.received_events) == 2)
        assert sorted(event["event"] for event in phone.received_events) == ["one", "two"]
        assert sorted(event["event"] for event in laptop.received_events) == ["one", "two"]
        assert bob.received_events == []
        await here.close()
        await there.close()

    async def test_a_request_elsewhere_reaches_its_own_connection(
        self, brokers: tuple[Broker, Broker], until: Until
    ) -> None:
        here, there = (WebSocketConnectionPool(broker=broker) for broker in brokers)
        tab = await here.register_connection("ada", "tab-1")
        other_tab = await here.register_connection("ada", "tab-2")
        context = UserExecutionContext.create_for_user("ada", websocket_connection_id="tab-1")
        there.create_emitter(context).emit_event("done", {"n": 1})
        await until(lambda: bool(tab.received_events))
        assert tab.received_events == [{"event": "done", "data": {"n": 1}}]
        assert other_tab.received_events == []
        await here.close()

    async def test_a_foreign_context_reaches_nobody(
        self, brokers: tuple[Broker, Broker], until: Until
    ) -> None:
        here, there = (WebSocketConnectionPool(broker=broker) for broker in brokers)
        tab = await here.register_connection("ada", "tab-1")
        mallory = await here.register_connection("mallory", "tab-2")
        context = UserExecutionContext.create_for_user("mallory", websocket_connection_id="tab-1")
        emitter = there.create_emitter(context)  # there, nobody knows that tab-1 is Ada's
        emitter.emit_event("phish")
        await there.send_to_user("mallory", {"event": "last"})
        await until(lambda: bool(mallory.received_events))
        assert tab.received_events == []
        await here.close()

    async def test_nothing_is_followed_without_a_connection(
        self, brokers: tuple[Broker, Broker], until: Until
    ) -> None:
        tasks = asyncio.all_tasks()
        here, there = (WebSocketConnectionPool(broker=broker) for broker in brokers)
        for turn in range(3):
            client = await here.register_connection("ada", "ws-1")
            await there.send_to_user("ada", {"turn": turn})
            await until(lambda client=client: bool(client.received_events))
            assert client.received_events == [{"turn": turn}]
            await here.disconnect("ada", "ws-1")
        await here.close()
        relay = here._relay
        assert relay is not None
        assert (relay._inboxes, relay._interests, relay._following) == ({}, {}, {})
        assert asyncio.all_tasks() == tasks
