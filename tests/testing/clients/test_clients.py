"""One user's three clients share cookies and token; two users share nothing."""

from typing import Any

import pytest

from cellwall.testing.clients import ClientError, NoAnswerError, RawClient, UserClient, http_client, lifespan
from tests.testing.clients.service import service


async def test_one_identity_for_all_connections() -> None:
    app = service()
    async with UserClient(app, token="t1") as ada, UserClient(app) as bob:
        await ada.raw.get("/login/ada")
        assert (await ada.http.get("/me")).json()["sid"] == "ada"
        await ada.http.get("/login/lovelace")
        assert (await ada.raw.get("/me")).json() == {
            "sid": "lovelace",
            "token": "Bearer t1",
            "body": "",
            "query": None,
        }
        async with ada.websocket("/ws") as socket:
            assert await socket.receive_json() == {"sid": "lovelace"}
        mine = (await bob.raw.get("/me")).json()
        assert (mine["sid"], mine["token"]) == (None, None)
        await ada.raw.get("/logout")
        assert (await ada.http.get("/me")).json()["sid"] is None


async def test_the_raw_client_sends_what_it_is_told() -> None:
    client = RawClient(service())
    response = await client.post("/me?q=a%20b", json={"x": 1}, headers={"Authorization": "own"})
    assert response.json() == {"sid": None, "token": "own", "body": '{"x":1}', "query": "a b"}
    assert (response.status, response.header("Content-Type")) == (200, "application/json")
    assert (await client.request("PUT", "/me")).status == 405


async def test_what_the_application_raises_is_raised() -> None:
    with pytest.raises(RuntimeError, match="broken"):
        await RawClient(service()).get("/fail")


async def test_an_application_that_says_nothing() -> None:
    async def silent(scope: Any, receive: Any, send: Any) -> None: ...

    async def half(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})

    for app in (silent, half):
        with pytest.raises(NoAnswerError):
            await RawClient(app).get("/")


async def test_a_new_token_is_sent_from_then_on() -> None:
    user = UserClient(service())
    async with user:
        user.identity.token = "later"
        assert (await user.http.get("/me")).json()["token"] == "Bearer later"
        assert (await user.http.get("/me", headers={"authorization": "own"})).json()["token"] == "own"


async def test_hooks_of_the_caller_stay() -> None:
    seen = []

    async def hook(request: Any) -> None:
        seen.append(request.url.path)

    async with http_client(service(), event_hooks={"request": [hook]}) as client:
        await client.get("/me")
    assert seen == ["/me"]


async def test_a_lifespan_is_run() -> None:
    app = service()
    async with lifespan(app) as state:
        assert (app.state.events, state) == (["up"], {"pool": "made"})
    assert app.state.events == ["up", "down"]


async def test_an_application_without_a_lifespan_has_none() -> None:
    async def bare(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"

    async with lifespan(bare) as state:
        assert state == {}


async def test_a_start_that_fails_is_said() -> None:
    async def failing(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(ClientError, match="no database"):
        async with lifespan(failing):
            pass
