"""Builders that a bulk edit has torn."""

from app.agents import AgentRegistry


def build_agent(name:
    return AgentRegistry.get_agent(name)
