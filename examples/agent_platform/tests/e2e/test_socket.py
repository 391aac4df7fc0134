"""A page's WebSocket against the application."""

from auth_service.tokens import generate_token
from tests.e2e.browser import browser


async def test_welcome_then_events(app, client, signed_in):
    async with browser(app, generate_token("socket-user"), "s-1") as socket:
        assert await socket.event() == {"event": "welcome", "data": {"connection_id": "s-1"}}
        await client.post("/agents/triage/run", json={"prompt": "refund"}, headers=signed_in("socket-user"))
        assert (await socket.event())["event"] == "agent_started"
        assert (await socket.event())["data"]["text"] == "billing"


async def test_bad_token_is_shown_out(app):
    async with browser(app, "forged", "s-2") as socket:
        assert await socket.event() == 4401


async def test_taken_connection_id(app):
    async with browser(app, generate_token("socket-first"), "s-3") as first:
        await first.event()
        async with browser(app, generate_token("socket-second"), "s-3") as second:
            assert await second.event() == 4401
