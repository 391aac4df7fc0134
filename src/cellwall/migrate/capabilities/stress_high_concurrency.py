"""Writes stress tests: ten users with a hundred requests each, in a shuffled order that every run repeats."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.agents import Agents
from cellwall.migrate.new_tests.canaries import canary, users
from cellwall.migrate.new_tests.connections import Connections
from cellwall.migrate.new_tests.held_texts import held_texts
from cellwall.migrate.new_tests.optional import spelled_ones
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation

_EVENTS: Final = "test_a_thousand_events_reach_their_ten_users"


def _tests(say: Spelling) -> str:
    say.use("import asyncio")
    say.use("import random")
    return spelled_ones(say, _agents, _events)


def _agents(say: Spelling) -> str:
    agents, test = Agents(say), "test_a_thousand_requests_of_ten_users_share_nothing"
    helper = held_texts(say)
    stated = isolation(
        "each of users has a context of its own for every one of its 100 requests",
        f"{agents.factory} makes an agent for each request, of which 20 overlap in a shuffled order",
        "the texts held by every agent name its own request and no other of users",
    )
    return f"""
{helper}async def {test}():
    {stated}
    users = {users(test, 10)}
    requests = [(user, number) for user in users for number in range(100)]
    random.Random(20).shuffle(requests)
    places = asyncio.Semaphore(20)

    async def serve(user, number):
        async with places:
            context = {say.role("context", user_id="user")}
            agent = {agents.make("context")}
            await asyncio.sleep(0)
            {agents.work("agent", 'f"request {number} of {user}."')}
            await asyncio.sleep(0)
            return texts_held_by(agent)

    served = await asyncio.gather(*(serve(user, number) for user, number in requests))
    for (user, number), held in zip(requests, served, strict=True):
        assert f"request {{number}} of {{user}}." in held
        assert [other for other in users if other in held] == [user]
"""


def _events(say: Spelling) -> str:
    ws, test = Connections(say), _EVENTS
    stem = canary(test, "laptop").strip('"')
    stated = isolation(
        "each of users has a connection of its own",
        f"one {ws.name} routes 100 events for each, sent by tasks that overlap in a shuffled order",
        "the received_events of every connection are the 100 of its own user and no others",
    )
    return f"""
async def {test}():
    {stated}
    pool = {ws.pool}
    users = {users(test, 10)}
    connections = [{ws.register("user", f'f"{stem}-{{user}}"')} for user in users]
    requests = [(user, number) for user in users for number in range(100)]
    random.Random(20).shuffle(requests)
    places = asyncio.Semaphore(20)

    async def notify(user, number):
        async with places:
            await asyncio.sleep(0)
            {ws.send("user", '{"event": f"number {number} of {user}"}')}

    await asyncio.gather(*(notify(user, number) for user, number in requests))
    for user, connection in zip(users, connections, strict=True):
        received = sorted(event["event"] for event in connection.received_events)
        assert received == sorted(f"number {{number}} of {{user}}" for number in range(100))
"""


CAPABILITY: Final = Capability(
    name="stress-high-concurrency",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "stress high concurrency",
        "stress concurrency",
        "high concurrency",
        "high concurrency test",
        "stress test user",
        "stress concurrent user",
        "stress many user",
        "heavy concurrent load",
        "load concurrent user",
    ),
    new_tests=NewTests(
        title="A thousand requests of ten users at once share nothing.",
        role="agent_factory",
        write=_tests,
        roles={_EVENTS: "pool"},
    ),
)
