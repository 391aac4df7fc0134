"""For each role one honest new module: what a capability would write for the fixture `isolated_desk`."""

CONTEXTS = """
from desk.context import RequestContext

FIRST, SECOND = RequestContext.of("canary-first"), RequestContext.of("canary-second")
"""

HONEST = {
    "context": """
from desk.context import RequestContext

def test_contexts_keep_their_users():
    first, second = RequestContext.of("canary-first"), RequestContext.of("canary-second")
    assert (first.user_id, second.user_id) == ("canary-first", "canary-second")
""",
    "agent_factory": CONTEXTS
    + """
from desk.agents import agents

def test_notes_stay_with_their_agent():
    first, second = agents.create_agent("triage", FIRST), agents.create_agent("triage", SECOND)
    first.remember("canary-note-first")
    assert second.notes == []

def test_an_agent_works_for_its_user():
    agents.create_agent("triage", FIRST)
    assert agents.create_agent("triage", context=SECOND).context.user_id == "canary-second"
""",
    "tool_factory": CONTEXTS
    + """
from desk.tools import make_tool

async def test_lines_stay_with_their_tool():
    first, second = await make_tool("notebook", context=FIRST), await make_tool("notebook", context=SECOND)
    await first.execute({"line": "canary-line-first"})
    assert await second.execute({"line": "canary-line-second"}) == ["canary-line-second"]
""",
    "dispatcher": CONTEXTS
    + """
import asyncio
from desk.tools import Dispatcher

async def test_each_has_a_history():
    first, second = Dispatcher(FIRST), Dispatcher(SECOND)
    lines = ({"line": "canary-line-first"}, {"line": "canary-line-second"})
    answers = await asyncio.gather(
        first.execute_tool("notebook", lines[0]), second.execute_tool("notebook", lines[1])
    )
    assert answers == [["canary-line-first"], ["canary-line-second"]]
    assert first.history != second.history
    assert isinstance(first, Dispatcher) and type(second) is Dispatcher
""",
    "pool": CONTEXTS
    + """
from desk.sockets import Pool

async def test_events_reach_their_user():
    pool = Pool()
    first = await pool.register_connection("canary-first", "c1")
    second = await pool.register_connection("canary-second", "c2")
    await pool.send_to_user("canary-first", {"event": "canary-event"})
    assert first.received_events == [{"event": "canary-event"}]
    assert second.received_events == []

async def test_emitters_reach_their_user():
    pool = Pool()
    first = await pool.register_connection("canary-first", "c1")
    second = await pool.register_connection("canary-second", "c2")
    pool.create_emitter(SECOND).emit_event("canary-event")
    assert (first.received_events, second.received_events) == ([], [{"event": "canary-event"}])

async def test_a_connection_is_gone():
    pool = Pool()
    await pool.register_connection("canary-first", "c1")
    assert await pool.disconnect("canary-first", "c1")
    assert pool.connection_count("canary-first") == 0

async def test_a_stranger_cannot_disconnect():
    pool = Pool()
    await pool.register_connection("canary-first", "c1")
    assert not await pool.disconnect("canary-second", "c1")

async def test_the_same_id_is_free_for_another_user():
    pool = Pool()
    await pool.register_connection("canary-first", "c1")
    second = await pool.register_connection("canary-second", "c1")
    assert second.user_id == "canary-second"
""",
    "session": CONTEXTS
    + """
import pytest
from desk.database import SessionClosed, open_session

async def test_rows_stay_with_their_user():
    async with open_session(FIRST) as first, open_session(SECOND) as second:
        first.add("canary-row-first")
        await first.commit()
        assert await second.all() == []

async def test_what_is_not_committed_is_seen_by_nobody_else():
    async with open_session(FIRST) as first, open_session(SECOND) as second:
        first.add("canary-row-pending")
        assert first is not second
        assert "canary-row-pending" not in await second.all()

async def test_a_session_ends_with_its_block():
    async with open_session(FIRST) as session:
        pass
    with pytest.raises(SessionClosed):
        await session.all()
""",
    "token": """
import desk.tokens

def test_tokens_name_their_user():
    first, second = desk.tokens.issue("canary-first"), desk.tokens.issue("canary-second")
    assert first != second
    assert desk.tokens.decode(second)["user_id"] == "canary-second"
""",
    "token_owner": """
import pytest
from desk import tokens

def test_each_token_proves_its_user():
    first, second = tokens.issue("canary-first"), tokens.issue("canary-second")
    assert tokens.decode(first)["user_id"] == "canary-first"
    assert tokens.decode(second)["user_id"] == "canary-second"

def test_a_forged_token_proves_nobody():
    token = tokens.issue("canary-first")
    with pytest.raises(tokens.BadToken):
        tokens.decode(token[:-4] + "0000")
""",
    "track": CONTEXTS
    + """
from desk.events import log

def test_events_bear_their_user():
    log.track("canary-event", user=FIRST)
    log.track("canary-event", user=SECOND)
    assert [event.user_id for event in log.events_of("canary-second")] == ["canary-second"]
""",
    "query": CONTEXTS
    + """
from desk.events import log

def test_questions_stay_with_their_user():
    log.track("canary-event-first", user=FIRST)
    log.track("canary-event-second", user=SECOND)
    assert {event.user_id for event in log.events_of("canary-first")} == {"canary-first"}

def test_the_second_user_too():
    log.track("canary-event-first", user=FIRST)
    assert all(event.user_id == "canary-second" for event in log.events_of("canary-second"))
""",
    "limiter": """
from desk.limits import Limiter

def test_a_budget_is_its_users():
    used = [Limiter.shared.allows("canary-first") for _ in range(4)]
    assert used == [True, True, True, False]
    assert Limiter.shared.allows("canary-second")
""",
    "service_token": """
from desk.tokens import Services as ServiceDesk

def test_services_act_for_their_user():
    tokens = [ServiceDesk.token_for("canary-first"), ServiceDesk.token_for("canary-second")]
    assert [ServiceDesk.owner_of(token) for token in tokens] == ["canary-first", "canary-second"]
""",
    "service_owner": """
from desk.tokens import Services as ServiceDesk

def test_each_service_token_names_its_user():
    tokens = [ServiceDesk.token_for("canary-first"), ServiceDesk.token_for("canary-second")]
    assert [ServiceDesk.owner_of(token) for token in tokens] == ["canary-first", "canary-second"]
""",
    "app": """
import json
from desk.tokens import issue
from desk.web import app

async def ask(method, user, body=""):
    sent = []
    async def receive():
        return {"type": "http.request", "body": body.encode()}
    async def send(message):
        sent.append(message)
    headers = [(b"authorization", f"Bearer {issue(user)}".encode())] if user else []
    await app({"type": "http", "method": method, "path": "/", "headers": headers}, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])

async def test_answers_stay_with_their_user():
    assert await ask("POST", "canary-first", "canary-note") == (200, ["canary-note"])
    assert await ask("GET", "canary-second") == (200, [])

async def test_nobody_is_refused():
    assert await ask("GET", "canary-third") == (200, [])
    assert (await ask("GET", ""))[0] == 401
""",
}
