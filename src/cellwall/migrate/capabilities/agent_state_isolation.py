"""Writes tests that what an agent keeps of one user's request reaches no other user's agent."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.agents import Agents
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.contexts import two_contexts
from cellwall.migrate.new_tests.held_texts import held_texts
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation


def _tests(say: Spelling) -> str:
    agents = Agents(say)
    return held_texts(say) + f"{_kept_apart(say, agents)}\n\n{_starts_empty(say, agents)}"


def _kept_apart(say: Spelling, agents: Agents) -> str:
    test = "test_what_an_agent_keeps_stays_with_its_user"
    mine, theirs = canary(test, "amber-asked"), canary(test, "birch-asked")
    stated = isolation(
        "first and second are contexts of two users",
        f"{agents.factory} makes an agent for each",
        "what first_agent was asked is not held by second_agent, nor the other way round",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    first_agent = {agents.make("first")}
    second_agent = {agents.make("second")}
    {agents.work("first_agent", mine)}
    {agents.work("second_agent", theirs)}
    assert {mine} in texts_held_by(first_agent)
    assert {mine} not in texts_held_by(second_agent)
    assert {theirs} in texts_held_by(second_agent)
    assert {theirs} not in texts_held_by(first_agent)
"""


def _starts_empty(say: Spelling, agents: Agents) -> str:
    test = "test_an_agent_begins_without_what_others_asked"
    mine, user = canary(test, "amber-asked"), canary(test, "amber")
    stated = isolation(
        "first and second are contexts of two users",
        f"{agents.factory} makes later_agent after the agent of first has worked",
        "neither the user of first nor what was asked is held by later_agent",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    first_agent = {agents.make("first")}
    {agents.work("first_agent", mine)}
    later_agent = {agents.make("second")}
    assert {mine} in texts_held_by(first_agent)
    assert {mine} not in texts_held_by(later_agent)
    assert {user} not in texts_held_by(later_agent)
"""


CAPABILITY: Final = Capability(
    name="agent-state-isolation",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "agent state isolation",
        "agent isolation",
        "agent state isolated",
        "agent state separate",
        "agent memory isolation",
        "agent state user",
    ),
    new_tests=NewTests(
        title="What an agent keeps of one user's request is in no agent of another user.",
        role="agent_factory",
        write=_tests,
    ),
)
