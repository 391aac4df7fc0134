"""A support desk of three stations, each with its own agent."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from netra_backend.agents.registry import AgentRegistry
from netra_backend.tools.registry import ToolRegistry


@dataclass
class Station:
    """One place on a request's way."""

    agent: Any
    done: list[str] = field(default_factory=list)

    async def handle(self, text):
        self.done.append((await self.agent.run(text)).text)
        return self.done[-1]


@pytest.fixture
def stations():
    first = Station(AgentRegistry.get_agent("summary"))
    second = Station(AgentRegistry.get_agent("triage"))
    return first, second


async def test_through_both(stations):
    text = "The export is slow. It was fine last week."
    for station in stations:
        text = await station.handle(text)
    assert text == "outage"
    assert stations[0].done == ["The export is slow"]


async def test_the_handbook_answers_what_is_sorted(stations):
    _, sort = stations
    queue = await sort.handle("my account is locked")
    search = ToolRegistry.get_tool("search")
    found = {"access": await search.execute({"query": "locked"})}.get(queue, [])
    assert found == ["A locked account opens again after thirty minutes."]
