"""Many requests of many users at once, through every layer that the project's roles reach."""

from collections.abc import Awaitable, Callable
from typing import Any

from cellwall.runtime.context import UserExecutionContext, cleanup_user_context
from cellwall.testing.layers.spelled_project import LayerError, SpelledProject, current_project, run_apart
from cellwall.testing.simulated_users import SimulatedUser, isolated_users

Request = Callable[[SimulatedUser, UserExecutionContext], Awaitable[object]]


def run_concurrent_isolation_test(
    users: int = 10,
    requests_per_user: int = 100,
    *,
    request: Request | None = None,
    project: SpelledProject | None = None,
) -> int:
    """Let so many users make so many requests each, all users at once, and assert that nobody sees another's.

    Without `request`, a request goes through each layer that the project's roles and samples reach: an agent
    works on the user's secret, a tool is called with it, a row holds it, and what is read is looked through.
    `await concurrent_isolation_test(...)` is the same for tests that are coroutines. Gives how many requests
    were made.

    Raises:
        AssertionError: an answer holds another user's value.
        LayerError: no layer can be exercised: roles or samples are missing.
    """
    work = concurrent_isolation_test(
        users, requests_per_user, request=request, project=project or current_project()
    )
    return run_apart(work)


async def concurrent_isolation_test(
    users: int = 10,
    requests_per_user: int = 100,
    *,
    request: Request | None = None,
    project: SpelledProject | None = None,
) -> int:
    """Do what `run_concurrent_isolation_test` does, awaited."""
    made = request or _through_layers(project or current_project())
    done = 0

    async def scenario(user: SimulatedUser) -> list[object]:
        nonlocal done
        answers = []
        for _ in range(requests_per_user):
            context = UserExecutionContext.create_for_user(user.user_id, user.context.session_id)
            try:
                answers.append(await made(user, context))
            finally:
                await cleanup_user_context(context)
            done += 1
        return answers

    async with isolated_users(users) as simulated:
        await simulated.run(scenario)
    return done


def _through_layers(project: SpelledProject) -> Request:
    steps = [step for step in (_agent, _tool, _row) if step.__name__[1:] in _reached(project)]
    if not steps:
        raise LayerError(
            "no layer can be exercised: configure the samples `agent` and `agent_call`, `tool`, or `row` in "
            "[tool.cellwall.samples], or give `request`"
        )

    async def request(user: SimulatedUser, context: UserExecutionContext) -> object:
        own = await project.context(context.user_id)
        return [await step(project, own, user.secret()) for step in steps]

    return request


def _reached(project: SpelledProject) -> set[str]:
    samples = project.samples
    wanted = {
        "agent": samples.agent and samples.agent_call,
        "tool": samples.tool and samples.tool_arguments,
        "row": samples.row and samples.row_text,
    }
    return {name for name, sample in wanted.items() if sample}


async def _agent(project: SpelledProject, context: Any, secret: str) -> object:
    agent = await project.role("agent_factory", name=project.text("agent"), context=context)
    answer = await project.sample("agent_call", agent=agent, text=secret)
    return answer, vars(agent) if hasattr(agent, "__dict__") else None


async def _tool(project: SpelledProject, context: Any, secret: str) -> object:
    dispatcher = await project.role("dispatcher", context=context)
    arguments = await project.sample("tool_arguments", text=secret)
    return await dispatcher.execute_tool(project.text("tool"), arguments)


async def _row(project: SpelledProject, context: Any, secret: str) -> object:
    from cellwall.testing.layers.database import written_and_read  # noqa: PLC0415  # only with a database

    return await written_and_read(project, context, secret)
