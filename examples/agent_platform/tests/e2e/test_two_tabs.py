"""One user, two tabs: round trips over the application's WebSocket."""

import pytest

from auth_service.tokens import generate_token
from netra_backend.agents.registry import AgentRegistry
from tests.e2e.browser import browser


@pytest.fixture
def token():
    return generate_token("two-tabs")


async def test_both_tabs_hear_of_a_run(app, client, signed_in, token):
    async with browser(app, token, "left") as left, browser(app, token, "right") as right:
        for tab in (left, left, right):  # the left one hears of both
            assert (await tab.event())["event"] == "welcome"
        await client.post("/agents/triage/run", json={"prompt": "slow"}, headers=signed_in("two-tabs"))
        heard = [[(await tab.event())["event"] for _ in range(2)] for tab in (left, right)]
    assert heard == [["agent_started", "agent_completed"]] * 2


async def test_a_run_for_one_tab(app, client, signed_in, token):
    async with browser(app, token, "left") as left:
        await left.event()
        headers = signed_in("two-tabs") | {"X-Connection-Id": "left"}
        await client.post("/agents/summary/run", json={"prompt": "One. Two."}, headers=headers)
        await left.event()
        completed = await left.event()
    expected = await AgentRegistry.get_agent("summary").run("One. Two.")
    assert completed["data"]["text"] == expected.text
