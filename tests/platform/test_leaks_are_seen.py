"""The end-to-end tests' own way of looking sees leaks that are planted in the running platform.

Isolation strategy of every test here: a platform of its own that leaks on purpose, and two users of its own.
"""

import asyncio
from typing import Any

import pytest

from tests.platform.visitor import Visitor

pytestmark = pytest.mark.big
LEAKS = "events-to-everybody,note-read-without-owner,session-by-token-prefix"


@pytest.fixture
async def pair(variables: dict[str, str]):
    """Two users of a platform that leaks."""
    from servers.launch import RunningPlatform

    with RunningPlatform(variables=variables | {"PLATFORM_LEAKS": LEAKS}) as platform:
        ada, bob = (Visitor(platform, name) for name in ("ada", "bob"))
        for visitor in (ada, bob):
            await visitor.sign_up()
            await visitor.sign_in()
        yield ada, bob
        for visitor in (ada, bob):
            await visitor.close()


async def test_planted_leaks_are_seen(pair: tuple[Any, Any]) -> None:
    """Isolation strategy: one user writes, runs and asks; the other looks where a leak would show it."""
    ada, bob = pair
    async with bob.listening() as ear:
        await ear.until("welcome")
        note = (await ada.http.post("/notes", json={"text": ada.secret})).json()["id"]
        await ada.http.post("/agents/summary/run", json={"prompt": ada.secret})
        assert ada.secret in str(await ear.until("agent_completed"))
    assert ada.secret in (await bob.http.get(f"/notes/{note}")).text
    told = []
    for visitor in (ada, bob):
        headers = {"Authorization": f"Bearer {visitor.token}"}
        told.append((await visitor.auth.get("/me", headers=headers)).json()["user_id"])
        await asyncio.sleep(0)
    assert told == [ada.user_id] * 2
