"""Plan, "Agent 7: E2E & API Tests": real requests over a socket, with tokens, through the middleware."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.plan_snippets.live_service import Account, LiveService

SERVICE: list[LiveService] = []


@pytest.fixture(autouse=True)
async def service(tmp_path: Path) -> AsyncIterator[LiveService]:
    """Serve while a test runs."""
    SERVICE.append(LiveService(tmp_path / "rows"))
    async with SERVICE[0].live():
        yield SERVICE[0]
    SERVICE.clear()


async def create_test_user(name: str) -> Account:
    return SERVICE[0].account(name)


async def authenticate(account: Account) -> str:
    return SERVICE[0].tokens.generate_token(user_id=account.id)


async def execute_agent_request(session: aiohttp.ClientSession, token: str, agent: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    async with session.post(f"{SERVICE[0].url}/agents/{agent}", headers=headers) as response:
        response.raise_for_status()
        answer: dict[str, Any] = await response.json()
        return answer


def no_data_leakage(*answers: dict[str, Any]) -> bool:
    """Say whether each answer holds its own user's secret, and nothing of any other account."""
    for answer in answers:
        own = SERVICE[0].accounts[answer["user_id"]]
        others = [account for account in SERVICE[0].accounts.values() if account != own]
        text = str(answer)
        if own.secret not in text or any(one.secret in text or one.id in text for one in others):
            return False
    return True


# fmt: off
# E2E must simulate real user requests
async def test_e2e_user_isolation():
    # Create test users
    user1 = await create_test_user("user1")
    user2 = await create_test_user("user2")

    # Authenticate separately
    token1 = await authenticate(user1)
    token2 = await authenticate(user2)

    # Execute concurrent requests
    async with aiohttp.ClientSession() as session:
        task1 = execute_agent_request(session, token1, "agent1")
        task2 = execute_agent_request(session, token2, "agent2")

        results = await asyncio.gather(task1, task2)

    # Verify complete isolation
    assert results[0]["user_id"] == user1.id
    assert results[1]["user_id"] == user2.id
    assert no_data_leakage(results[0], results[1])
# fmt: on


async def test_leakage_is_seen() -> None:
    user1, user2 = await create_test_user("user1"), await create_test_user("user2")
    honest = [{"user_id": user.id, "notes": [user.secret]} for user in (user1, user2)]
    assert no_data_leakage(*honest)
    assert not no_data_leakage(honest[0], {**honest[1], "notes": [user2.secret, {"deep": user1.secret}]})
    assert not no_data_leakage(honest[0], {**honest[1], "for": user1.id})
    assert not no_data_leakage({"user_id": user1.id, "notes": []}, honest[1])


async def test_nobody_comes_in_without_a_token() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientResponseError, match="401"):
            await execute_agent_request(session, "no token", "agent1")
