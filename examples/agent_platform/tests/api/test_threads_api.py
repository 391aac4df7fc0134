"""Threads over HTTP."""


async def test_listed_and_read(client, signed_in):
    ada = signed_in("threads-ada")
    made = await client.post("/agents/triage/run", json={"prompt": "ada's question"}, headers=ada)
    thread_id = made.json()["thread_id"]
    assert thread_id in [t["id"] for t in (await client.get("/threads", headers=ada)).json()]
    assert (await client.get(f"/threads/{thread_id}", headers=ada)).json()["title"] == "ada's question"


async def test_no_such_thread(client, signed_in):
    answer = await client.get("/threads/987654321", headers=signed_in("threads-ada"))
    assert answer.status_code == 404


async def test_health_needs_no_token(client):
    assert (await client.get("/health")).json() == {"status": "ok"}
