"""Accounts, back end and analytics in one application, as it is deployed."""

import httpx
import pytest

from netra_backend.agents.registry import AgentRegistry
from netra_backend.platform import create_platform


@pytest.fixture
async def platform():
    transport = httpx.ASGITransport(app=create_platform())
    async with httpx.AsyncClient(transport=transport, base_url="http://platform") as client:
        yield client


@pytest.fixture
async def member(platform):
    """Headers of somebody who has signed up and in."""
    body = {"user_id": "whole-member", "password": "correct horse battery"}
    await platform.post("/auth/register", json=body)
    token = (await platform.post("/auth/login", json=body)).json()["token"]
    return {"Authorization": f"Bearer {token}"}


async def test_from_sign_in_to_figures(platform, member):
    answer = await platform.post("/agents/cost/run", json={"prompt": "4000 tokens"}, headers=member)
    agent = AgentRegistry.get_agent("cost")
    assert answer.json()["text"] == agent.answer("4000 tokens")
    agent.reset()
    usage = (await platform.get("/usage", headers=member)).json()
    assert usage["sign_in"] >= 1
    assert usage["agent_run"] >= 1


async def test_signed_out_is_signed_out_everywhere(platform, member):
    assert (await platform.get("/threads", headers=member)).status_code == 200
    await platform.post("/auth/logout", headers=member)
    assert (await platform.get("/threads", headers=member)).status_code == 401


@pytest.mark.parametrize("path", ["/threads", "/usage", "/auth/me", "/analytics/usage"])
async def test_nothing_without_a_token(platform, path):
    assert (await platform.get(path)).status_code == 401
