"""Writes tests in which several users come through the agent factory at the same time."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.agents import Agents
from cellwall.migrate.new_tests.canaries import users
from cellwall.migrate.new_tests.held_texts import held_texts
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation


def _tests(say: Spelling) -> str:
    say.use("import asyncio")
    agents = Agents(say)
    return held_texts(say) + f"{_at_once(say, agents)}\n\n{_two_requests(say, agents)}"


def _at_once(say: Spelling, agents: Agents) -> str:
    test = "test_users_at_once_have_an_agent_each"
    stated = isolation(
        "each of users has a context of its own",
        f"{agents.factory} makes an agent for each while asyncio.gather runs all of them",
        "the texts held by each agent name its own user and nobody else",
    )
    return f"""
async def {test}():
    {stated}
    users = {users(test, 5)}

    async def serve(user):
        context = {say.role("context", user_id="user")}
        agent = {agents.make("context")}
        await asyncio.sleep(0)
        {agents.work("agent", 'f"asked by {user}"')}
        return agent

    agents = await asyncio.gather(*(serve(user) for user in users))
    for user, agent in zip(users, agents, strict=True):
        held = texts_held_by(agent)
        assert f"asked by {{user}}" in held
        assert [other for other in users if other in held] == [user]
"""


def _two_requests(say: Spelling, agents: Agents) -> str:
    test = "test_requests_that_overlap_share_no_agent"
    stated = isolation(
        "each of users has a context of its own",
        f"{agents.factory} makes all agents before the first of them works",
        "every agent is another one, and holds what its own user asked alone",
    )
    return f"""
async def {test}():
    {stated}
    users = {users(test, 5)}
    everybody_is_there = asyncio.Barrier(len(users))

    async def serve(user):
        context = {say.role("context", user_id="user")}
        agent = {agents.make("context")}
        await everybody_is_there.wait()
        {agents.work("agent", 'f"asked by {user}"')}
        await everybody_is_there.wait()
        return agent, texts_held_by(agent)

    served = await asyncio.gather(*(serve(user) for user in users))
    assert len({{id(agent) for agent, _ in served}}) == len(users)
    for user, (_, held) in zip(users, served, strict=True):
        assert [other for other in users if f"asked by {{other}}" in held] == [user]
"""


CAPABILITY: Final = Capability(
    name="concurrent-test-scenarios",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "concurrent test scenario",
        "concurrent scenario",
        "concurrency scenario",
        "parallel scenario",
        "isolation concurrent agent",
        "isolation concurrent request",
        "parallel request agent",
    ),
    new_tests=NewTests(
        title="Users who ask at the same time have an agent each.", role="agent_factory", write=_tests
    ),
)
