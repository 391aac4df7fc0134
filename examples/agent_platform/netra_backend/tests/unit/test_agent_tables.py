"""Tables of prompts that support sent us, one row a ticket."""

from dataclasses import dataclass

import pytest

from netra_backend.agents.base import BaseAgent
from netra_backend.agents.registry import AgentRegistry


@dataclass(frozen=True)
class Ticket:
    number: int
    prompt: str
    queue: str


TICKETS = [
    Ticket(4711, "charge on my card?", "billing"),
    Ticket(4715, "timeout, again", "outage"),
    Ticket(4802, "token does not work", "access"),
    Ticket(4810, "thanks for the help", "general"),
]


@pytest.mark.parametrize("ticket", TICKETS, ids=lambda ticket: f"ticket-{ticket.number}")
def test_ticket(ticket: Ticket) -> None:
    agent: BaseAgent = AgentRegistry.get_agent("triage")
    assert agent.answer(ticket.prompt) == ticket.queue


def test_no_ticket_is_lost() -> None:
    agents = {"sort": AgentRegistry.get_agent("triage"), "shorten": AgentRegistry.get_agent("summary")}
    queues = [agents["sort"].answer(ticket.prompt) for ticket in TICKETS]
    titles = [agents["shorten"].answer(ticket.prompt) for ticket in TICKETS]
    assert len(queues) == len(titles) == len(TICKETS)


@pytest.mark.parametrize("limit", [pytest.param(80, id="as it is")])
@pytest.mark.parametrize("words", [1, 10, 100])
def test_summaries_are_short(words: int, limit: int) -> None:
    if (agent := AgentRegistry.get_agent("summary")).limit != limit:
        pytest.fail("the limit has changed, and the table with it")
    assert len(agent.answer("word " * words)) <= limit
