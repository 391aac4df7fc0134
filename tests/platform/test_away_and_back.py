"""Connections and servers of the running platform go away and come back.

Isolation strategy of every test here: two users of the test's own; each misses and finds their own things, no
others.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.platform.conftest import Join
from tests.platform.visitor import eventually


@contextmanager
def away(platform: Any, service: str) -> Iterator[None]:
    """Let a server be away for a block, as after a crash."""
    platform.kill(service)
    try:
        yield
    finally:
        platform.start(service)


async def test_a_client_that_comes_back_has_missed_nothing(join: Join) -> None:
    """Isolation strategy: both lose their connections; each gets what was theirs, once, and one
    nothing by the position and the connection id of the other."""
    ada, bob = await join("ada"), await join("bob")
    async with ada.listening("ada-tab", resume="new") as before:
        await before.until("welcome")
        await ada.run()
        await before.until("agent_completed")
    await asyncio.gather(ada.run(words="while she is away"), bob.run())
    async with bob.listening("ada-tab", resume=before.position) as thief:
        await thief.until("welcome")
        await bob.run()
        assert ada.secret not in str(await thief.until("agent_completed"))
    async with ada.listening("ada-tab", resume=before.position) as after:
        missed = await after.until("agent_completed")
    assert "while she is away" in missed[-1]["data"]["text"]
    assert [event["event"] for event in missed].count("agent_started") == 1
    assert bob.secret not in str(missed)


async def test_analytics_away_and_back(join: Join, platform: Any) -> None:
    """Isolation strategy: both run agents while nobody counts; afterwards each has their own count."""
    ada, bob = await join("ada"), await join("bob")
    with away(platform, "analytics"):
        for visitor in (ada, ada, bob):
            await visitor.run()
        assert await ada.status("/usage") == 503
    await asyncio.gather(ada.run(), bob.run())
    assert (await ada.http.get("/usage")).json()["agent_run"] == 3
    assert (await bob.http.get("/usage")).json()["agent_run"] == 2


async def test_auth_away_and_back(join: Join, platform: Any) -> None:
    """Isolation strategy: one user signed out before the crash and stays so, the other goes on."""
    ada, bob = await join("ada"), await join("bob")
    await bob.sign_out()
    await eventually(lambda: refused(bob))
    with away(platform, "auth"):
        assert await ada.status() == 200
        assert await refused(bob)
        try:
            await bob.sign_in()
        except httpx.TransportError:
            pass
        else:
            raise AssertionError("nobody is there to sign in at")
    await eventually(lambda: refused(bob))
    await bob.sign_in()
    assert await bob.status() == 200
    await ada.sign_out()
    await eventually(lambda: refused(ada))


async def test_back_end_away_and_back(join: Join, platform: Any) -> None:
    """Isolation strategy: both wrote before the crash; afterwards each finds their own rows and no others."""
    ada, bob = await join("ada"), await join("bob")
    for visitor in (ada, bob):
        await visitor.http.post("/notes", json={"text": visitor.secret})
    async with ada.listening() as ear:
        await ear.until("welcome")
        with away(platform, "backend"):
            assert await ear.until_closed() is None
    await eventually(lambda: answers(ada))
    for me, other in ((ada, bob), (bob, ada)):
        kept = (await me.http.get("/export")).text
        assert me.secret in kept
        assert other.secret not in kept
    async with ada.listening() as ear:
        await ada.run()
        await ear.until("agent_completed")


async def refused(visitor: Any) -> bool:
    return bool(await visitor.status() == 401)


async def answers(visitor: Any) -> bool:
    return bool(await visitor.status() == 200)
