"""The layer of WebSockets: what is sent to one user reaches that user's connection and no other."""

from collections.abc import Awaitable
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

_EVENT = "cellwall_secret"


def assert_websocket_isolation(user_context: Any, project: SpelledProject | None = None) -> None:
    """Assert that events of the user's emitter reach the user's connection, and no rival's.

    Raises:
        AssertionError: the user misses the event, or the rival has it.
        LayerError: the role `pool` is missing.
    """
    run_apart(connections_apart(user_context, project or current_project()))


async def connections_apart(context: Any, project: SpelledProject) -> None:
    """Do what `assert_websocket_isolation` does, awaited."""
    rival = rival_of(context.user_id)
    pool = await project.role("pool")
    try:
        mine = await _awaited(pool.register_connection(context.user_id, f"mine-{rival}"))
        other = await _awaited(pool.register_connection(rival, f"other-{rival}"))
        emitter = await _awaited(pool.create_emitter(context))
        await _awaited(emitter.emit_event(_EVENT, {"secret": secret_of(context.user_id)}))
        assert secret_of(context.user_id) in repr(list(mine.received_events)), "the user missed the event"
        foreign(list(other.received_events), context.user_id, "the rival's connection")
    finally:
        if hasattr(pool, "close"):
            await _awaited(pool.close())


async def _awaited(value: Any) -> Any:
    if isawaitable(value):
        waiting: Awaitable[Any] = value
        return await waiting
    return value
