"""Fixtures that make agents on demand: a test says which one, and how many."""

from contextlib import contextmanager

import pytest

from netra_backend.agents.registry import AgentRegistry as Agents


@pytest.fixture
def make_agent():
    made = []

    def make(name="triage"):
        agent = Agents.get_agent(name)
        agent.reset()
        made.append(agent)
        return agent

    yield make
    for agent in made:
        agent.reset()


@contextmanager
def borrowed(name):
    agent = Agents.get_agent(name)
    agent.reset()
    try:
        yield agent
    finally:
        agent.reset()


def test_made_as_new(make_agent):
    assert make_agent().recall() == []
    assert make_agent("summary").runs == 0


async def test_two_of_a_kind(make_agent):
    first, second = make_agent("cost"), make_agent("triage")
    assert (await first.run("1000")).text == "3 ct"
    assert (await second.run("1000 errors")).text == "general"


def test_borrowed_for_a_block():
    with borrowed("summary") as agent:
        agent.remember("only here")
        assert agent.recall() == ["only here"]
    assert agent.recall() == []


@pytest.mark.parametrize("make_name", [str.lower, str.strip])
def test_names_are_cleaned_first(make_agent, make_name):
    assert make_agent(make_name("triage")).name == "triage"
