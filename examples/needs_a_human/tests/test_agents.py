"""Agents from the shared registry, where nothing can take its place."""

import pytest
from app.agents import AgentRegistry

TRIAGE = AgentRegistry.get_agent("triage")


def test_through_a_helper():
    def asked():
        return AgentRegistry.get_agent("triage").answer("Who?")

    assert asked() == "triage: who?"


def test_shared_history():
    agent = AgentRegistry.get_agent("billing")
    agent.answer("How much?")
    assert agent.history[-1] == "How much?"
    assert TRIAGE.name == "triage"


def test_unknown_agents_fail():
    with pytest.raises(KeyError):
        AgentRegistry.get_agent("nobody")
