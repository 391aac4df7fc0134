"""What a developer would test of the platform, written for one user: nothing here knows a second one.

`PLATFORM_LEAKS=NAME python -m pytest planted_leaks/one_user_tests.py` passes with most leaks planted;
with `--concurrent-users 4` the same tests run as four users at once, and are probed with each other's ids.
`PLATFORM_LEAKS_IN_TURN=NAME,NAME` runs all of them for each of these leaks.
Isolation strategy: each user brings an account, tokens and a client of their own; the application is everybody's.
"""

import asyncio
import os

import httpx
import pytest
from cellwall.testing.clients import WebSocketClient

from netra_backend.platform import create_platform

PASSWORD = "correct horse battery"


IN_TURN = os.environ.get("PLATFORM_LEAKS_IN_TURN")


@pytest.fixture(params=IN_TURN.split(",") if IN_TURN is not None else [None], ids=lambda name: name or "none")
async def app(request):
    application = create_platform(leaks=request.param)
    yield application
    await application.state.pool.close()


@pytest.fixture
async def client(app, user_context):
    """A client that has signed up and in."""
    body = {"user_id": user_context.user_id, "password": PASSWORD}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://platform") as client:
        (await client.post("/auth/register", json=body)).raise_for_status()
        client.tokens = (await client.post("/auth/login", json=body)).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {client.tokens['token']}"
        yield client


@pytest.fixture
def words(user_context):
    return f"words of {user_context.user_id}"


async def test_a_note_is_read(client, words):
    note = (await client.post("/notes", json={"text": words})).json()
    assert (await client.get(f"/notes/{note['id']}")).json()["text"] == words
    assert [each["text"] for each in (await client.get("/notes")).json()] == [words]


async def test_a_note_is_rewritten(client, words):
    note = (await client.post("/notes", json={"text": "draft"})).json()
    await client.put(f"/notes/{note['id']}", json={"text": words})
    assert (await client.get(f"/notes/{note['id']}")).json()["text"] == words


async def test_a_note_is_removed(client, words):
    note = (await client.post("/notes", json={"text": words})).json()
    assert (await client.delete(f"/notes/{note['id']}")).status_code == 204
    assert (await client.get("/notes")).json() == []


async def test_a_note_is_found(client, words):
    await client.post("/notes", json={"text": words})
    assert [each["text"] for each in (await client.get("/notes/search?q=words")).json()] == [words]


async def test_a_note_of_a_project(client, words):
    project = (await client.post("/projects", json={"name": words})).json()["id"]
    note = (await client.post("/notes", json={"text": words, "project_id": project})).json()["id"]
    assert (await client.get(f"/projects/{project}/notes/{note}")).json()["text"] == words


async def test_export(client, user_context, words):
    await client.post("/notes", json={"text": words})
    export = (await client.get("/export")).json()
    assert export["user_id"] == user_context.user_id
    assert [each["text"] for each in export["notes"]] == [words]


async def test_profile(client, user_context):
    assert (await client.get("/profile")).json() == {"user_id": user_context.user_id, "notes": 0}


async def test_who_is_signed_in(client, user_context):
    assert (await client.get("/auth/me")).json() == {"user_id": user_context.user_id}


async def test_usage(client, words):
    await client.post("/agents/summary/run", json={"prompt": words})
    assert (await client.get("/usage")).json()["agent_run"] == 1


async def test_an_agent_answers(client, user_context, words):
    answer = (await client.post("/agents/summary/run", json={"prompt": words})).json()
    assert (answer["user_id"], answer["text"]) == (user_context.user_id, words)


async def test_a_turn_is_kept(client, words):
    await client.post("/agents/summary/run", json={"prompt": words})
    assert [each["title"] for each in (await client.get("/threads")).json()] == [words]


async def test_the_notebook(client, words):
    await client.post("/tools/notebook", json={"arguments": {"op": "clear"}})
    call = {"arguments": {"op": "write", "line": words}}
    assert (await client.post("/tools/notebook", json=call)).json()["result"] == [words]


async def test_events(app, client, words, user_context):
    path = f"/ws?token={client.tokens['token']}&connection_id=tab-{user_context.user_id}"
    async with WebSocketClient(app, path) as socket:
        await socket.receive_json()
        await client.post("/agents/summary/run", json={"prompt": words})
        while (event := await asyncio.wait_for(socket.receive_json(), 5))["event"] != "agent_completed":
            pass
        assert event["data"]["text"] == words


async def test_renewal(client, user_context):
    body = {"refresh_token": client.tokens["refresh_token"]}
    token = (await client.post("/auth/refresh", json=body)).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert (await client.get("/profile", headers=headers)).json()["user_id"] == user_context.user_id


async def test_signing_out(client):
    await client.post("/auth/logout")
    assert (await client.get("/notes")).status_code == 401
