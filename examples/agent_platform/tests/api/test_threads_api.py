"""Threads over HTTP: one user's are not found by another."""


async def test_listed_for_their_user(client, signed_in):
    ada, bob = signed_in("threads-ada"), signed_in("threads-bob")
    made = await client.post("/agents/triage/run", json={"prompt": "ada's question"}, headers=ada)
    thread_id = made.json()["thread_id"]
    assert thread_id in [t["id"] for t in (await client.get("/threads", headers=ada)).json()]
    assert (await client.get("/threads", headers=bob)).json() == []
    assert (await client.get(f"/threads/{thread_id}", headers=bob)).status_code == 404


async def test_health_needs_no_token(client):
    assert (await client.get("/health")).json() == {"status": "ok"}
