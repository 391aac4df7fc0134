"""Written after the incident of May: two users at once, and each gets what is theirs."""

import asyncio

from cellwall import UserExecutionContext
from netra_backend.services.conversation import hold_turn
from netra_backend.websocket.pool import platform_pool


async def test_turns_do_not_mix():
    pool = platform_pool()
    users = {"turn-ada": "my invoice is wrong", "turn-bob": "the page is down"}
    clients = {user: await pool.register_connection(user, f"{user}-1") for user in users}
    contexts = [UserExecutionContext.create_for_user(u, websocket_connection_id=f"{u}-1") for u in users]
    turns = await asyncio.gather(
        *(hold_turn(context, pool, "triage", users[context.user_id]) for context in contexts)
    )
    assert [reply.user_id for _, reply in turns] == list(users)
    assert [reply.text for _, reply in turns] == ["billing", "outage"]
    for user, text in (("turn-ada", "billing"), ("turn-bob", "outage")):
        assert [event["event"] for event in clients[user].received_events] == ["agent_started", "agent_completed"]
        assert clients[user].received_events[-1]["data"]["text"] == text
