"""Plan, "Agent 7: E2E & API Tests": real requests over a socket, with tokens, through the middleware."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import httpx
import pytest

from cellwall.testing import (
    SpelledProject,
    authenticate,
    create_test_user,
    execute_agent_request,
    no_data_leakage,
    using_project,
)
from tests.plan_snippets.live_service import LiveService


@pytest.fixture(autouse=True)
async def project(tmp_path: Path) -> AsyncIterator[SpelledProject]:
    """Serve while a test runs."""
    async with LiveService(tmp_path / "rows").live() as project:
        yield project


@pytest.fixture(autouse=True)
def spelled(project: SpelledProject) -> Iterator[None]:
    """Let the live service be the project."""
    with using_project(project):
        yield


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


async def test_by_httpx_too() -> None:
    user = await create_test_user("user1")
    async with httpx.AsyncClient() as client:
        answer = await execute_agent_request(client, await authenticate(user), "agent2")
    assert answer["user_id"] == user.id
    assert answer["notes"] == [user.secret]


async def test_leakage_is_seen() -> None:
    user1, user2 = await create_test_user("user1"), await create_test_user("user2")
    honest = [{"user_id": user.id, "notes": [user.secret]} for user in (user1, user2)]
    assert no_data_leakage(*honest)
    assert not no_data_leakage(honest[0], {**honest[1], "notes": [user2.secret, {"deep": user1.secret}]})
    assert not no_data_leakage(honest[0], {**honest[1], "for": user1.id})
    assert not no_data_leakage(honest[0], {"notes": [user1.secret]})


async def test_nobody_comes_in_without_a_token() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientResponseError, match="401"):
            await execute_agent_request(session, "no token", "agent1")
