"""The layer of agents: those of two users are two, share nothing, and do not remember each other's work."""

from typing import Any

from cellwall.testing.layers.spelled_project import (
    SpelledProject,
    current_project,
    foreign,
    rival_of,
    run_apart,
    secret_of,
)
from cellwall.testing.layers.two_owners import assert_nothing_shared, assert_two


def assert_agent_isolation(user_context: Any, project: SpelledProject | None = None) -> None:
    """Assert that the user's agent and a rival's are two objects that share nothing, also after work.

    Raises:
        AssertionError: they are one, or one holds the other's values.
        SharedStateError: they share an object that can change; the text has the path.
        LayerError: the role `agent_factory` or the sample `agent` is missing.
    """
    run_apart(agents_apart(user_context, project or current_project()))


async def agents_apart(context: Any, project: SpelledProject) -> None:
    """Do what `assert_agent_isolation` does, awaited."""
    name, rival = project.text("agent"), rival_of(context.user_id)
    other_context = await project.context(rival)
    other = await project.role("agent_factory", name=name, context=other_context)
    mine = await project.role("agent_factory", name=name, context=context)
    assert_two(mine, other, f"agent {name!r}")
    if project.samples.agent_call:
        await project.sample("agent_call", agent=other, text=secret_of(rival))
        answer = await project.sample("agent_call", agent=mine, text=secret_of(context.user_id))
        foreign(answer, rival, "the agent's answer")
    assert_nothing_shared(mine, other, rival, f"agent {name!r}", name="agent")
