"""Runs anyio's worker threads' jobs, and so every synchronous endpoint of Starlette and FastAPI, as steps."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any

from cellwall.explore.inline.jobs import start_job
from cellwall.explore.loop import ExplorerLoop


@contextmanager
def inline_anyio_threads() -> Iterator[None]:
    """Let `anyio.to_thread.run_sync` make its job a step of the run; its limiter is obeyed."""
    from anyio._backends import _asyncio  # noqa: PLC0415

    backend = _asyncio.AsyncIOBackend
    original = backend.__dict__["run_sync_in_worker_thread"]

    async def run_sync(
        cls: Any,
        func: Callable[..., Any],
        args: tuple[Any, ...],
        abandon_on_cancel: bool = False,
        limiter: Any = None,
    ) -> Any:
        loop = asyncio.get_running_loop()
        if not (isinstance(loop, ExplorerLoop) and loop.engaged):
            return await original.__func__(cls, func, args, abandon_on_cancel, limiter)
        await cls.checkpoint()
        async with limiter or cls.current_default_thread_limiter():
            with _asyncio.CancelScope(shield=not abandon_on_cancel):
                return await start_job(loop, copy_context().run, func, *args, of="anyio")

    backend.run_sync_in_worker_thread = classmethod(run_sync)  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        backend.run_sync_in_worker_thread = original  # type: ignore[method-assign]
