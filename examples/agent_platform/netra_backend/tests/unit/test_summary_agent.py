"""The summary agent cuts long texts."""

import pytest

from netra_backend.agents.registry import agent_registry


@pytest.fixture
def summary():
    agent = agent_registry.get_agent("summary")
    agent.reset()  # somebody else may have used it
    return agent


async def test_first_sentence_only(summary):
    reply = await summary.run("It rained. Then it stopped.")
    assert reply.text == "It rained"


async def test_long_sentence_is_cut(summary):
    text = "word " * 40
    reply = await summary.run(text)
    assert reply.text.endswith("…")
    assert len(reply.text) <= summary.limit


async def test_runs_are_counted(summary):
    await summary.run("one")
    await summary.run("two")
    assert summary.runs == 2


def test_answer_without_full_stop(summary):
    assert summary.answer("no full stop") == "no full stop"
