"""Sign up, sign in, ask, read the thread."""

import httpx

from auth_service.app import create_auth_app
from netra_backend.agents.registry import AgentRegistry


async def sign_in(name):
    transport = httpx.ASGITransport(app=create_auth_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://auth") as auth:
        body = {"user_id": name, "password": "correct horse battery"}
        assert (await auth.post("/register", json=body)).status_code == 201
        return (await auth.post("/login", json=body)).json()["token"]


async def test_ask_and_read(client):
    token = await sign_in("journey-user")
    headers = {"Authorization": f"Bearer {token}"}
    answer = await client.post("/agents/triage/run", json={"prompt": "site is slow"}, headers=headers)
    assert answer.status_code == 200
    # the same agent, asked directly
    expected = await AgentRegistry.get_agent("triage").run("site is slow")
    assert answer.json()["text"] == expected.text

    thread = await client.get(f"/threads/{answer.json()['thread_id']}", headers=headers)
    assert [turn["author"] for turn in thread.json()["turns"]] == ["user", "triage"]


async def test_without_token(client):
    answer = await client.post("/agents/triage/run", json={"prompt": "hello"})
    assert answer.status_code == 401
