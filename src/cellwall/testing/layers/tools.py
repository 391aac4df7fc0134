"""The layer of tools: dispatchers of two users have neither tools nor a history in common."""

from inspect import isawaitable
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


def assert_tool_isolation(user_context: Any, project: SpelledProject | None = None) -> None:
    """Assert that the user's dispatcher and a rival's share nothing, also after both called the sample tool.

    Raises:
        AssertionError: they are one, or one holds the other's values.
        SharedStateError: they share an object that can change; the text has the path.
        LayerError: the role `dispatcher` or the sample `tool` is missing.
    """
    run_apart(tools_apart(user_context, project or current_project()))


async def tools_apart(context: Any, project: SpelledProject) -> None:
    """Do what `assert_tool_isolation` does, awaited."""
    rival = rival_of(context.user_id)
    other = await project.role("dispatcher", context=await project.context(rival))
    mine = await project.role("dispatcher", context=context)
    assert_two(mine, other, "dispatcher")
    await _called(project, other, rival)
    foreign(await _called(project, mine, context.user_id), rival, "the tool's answer")
    assert_nothing_shared(mine, other, rival, "dispatcher", name="dispatcher")


async def _called(project: SpelledProject, dispatcher: Any, user_id: str) -> Any:
    arguments: Any = {}
    if project.samples.tool_arguments:
        arguments = await project.sample("tool_arguments", text=secret_of(user_id))
    answer = dispatcher.execute_tool(project.text("tool"), arguments)
    return await answer if isawaitable(answer) else answer
