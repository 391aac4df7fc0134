"""The layer of the database: a row of one user is there for that user and for nobody else."""

from contextlib import AbstractAsyncContextManager, AsyncExitStack
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


def assert_database_isolation(user_context: Any, project: SpelledProject | None = None) -> None:
    """Assert that a row written in the user's session is read there, and not in a rival's.

    Raises:
        AssertionError: the user misses the row, or the rival reads it.
        LayerError: the role `session` or the sample `row` or `row_text` is missing.
    """
    run_apart(rows_apart(user_context, project or current_project()))


async def rows_apart(context: Any, project: SpelledProject) -> None:
    """Do what `assert_database_isolation` does, awaited."""
    secret, rival = secret_of(context.user_id), rival_of(context.user_id)
    async with AsyncExitStack() as stack:
        session = await _opened(stack, await project.role("session", context=context))
        row = await project.sample("row", project.samples.row_import, text=secret)
        session.add(row)
        await _done(session.commit())
        mine = await _texts(session, type(row), project.text("row_text"))
        assert secret in mine, "the user does not read the row that it wrote"
        other_context = await project.context(rival)
        other = await _opened(stack, await project.role("session", context=other_context))
        assert other is not session, "both users are given one session"
        foreign(
            await _texts(other, type(row), project.text("row_text")), context.user_id, "the rival's session"
        )


async def written_and_read(project: SpelledProject, context: Any, secret: str) -> list[str]:
    """Write a row with the secret in a session of the context, and give the texts of all rows it sees."""
    async with AsyncExitStack() as stack:
        session = await _opened(stack, await project.role("session", context=context))
        row = await project.sample("row", project.samples.row_import, text=secret)
        session.add(row)
        await _done(session.commit())
        return await _texts(session, type(row), project.text("row_text"))


async def _opened(stack: AsyncExitStack, manager: Any) -> Any:
    if isinstance(manager, AbstractAsyncContextManager) or hasattr(manager, "__aenter__"):
        return await stack.enter_async_context(manager)
    return stack.enter_context(manager)


async def _texts(session: Any, model: Any, attribute: str) -> list[str]:
    from sqlalchemy import select  # noqa: PLC0415  # an extra

    found = await _done(session.scalars(select(getattr(model, attribute))))
    return [str(text) for text in found]


async def _done(value: Any) -> Any:
    return await value if isawaitable(value) else value
