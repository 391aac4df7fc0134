"""Redis: what commands carry, what comes back, and what a subscription brings."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any, final

from cellwall.canary.patching import undo_all, wrap
from cellwall.canary.sighting import Reach
from cellwall.canary.sink import Uninstall
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch


@final
class RedisSink:
    """Each command is one record; replies and messages are read."""

    name = "redis"
    library = "redis"

    def install(self, watch: Watch) -> Uninstall:
        """Begin with both clients, the one with threads and the one of asyncio."""
        steps = []
        for module in ("redis.client", "redis.asyncio.client"):
            client, is_async = sys.modules.get(module), "asyncio" in module
            if client is not None:
                make = _awaited if is_async else _called
                steps += [
                    wrap(client.Redis, "execute_command", partial(make, watch, is_command=True)),
                    wrap(client.Pipeline, "execute", partial(make, watch, is_command=False)),
                    wrap(client.PubSub, "handle_message", partial(make, watch, is_command=False)),
                ]
        return undo_all(steps)


def _called(watch: Watch, original: Any, is_command: bool) -> Any:
    def call(self: Any, *args: Any, **options: Any) -> Any:
        where = _begin(watch, self, args, is_command)
        reply = original(self, *args, **options)
        _end(watch, reply, where)
        return reply

    return call


def _awaited(watch: Watch, original: Any, is_command: bool) -> Any:
    async def call(self: Any, *args: Any, **options: Any) -> Any:
        where = _begin(watch, self, args, is_command)
        reply = await original(self, *args, **options)
        _end(watch, reply, where)
        return reply

    return call


def _begin(watch: Watch, client: Any, args: tuple[Any, ...], is_command: bool) -> str:
    """Show what is about to be sent; gives the place, "" where nobody looks."""
    if current_viewer() is None:
        return ""
    if is_command:
        watch.observe("redis", args, f"{args[0]} command", reach=Reach.WRITTEN)
        return f"{args[0]} reply"
    for queued in getattr(client, "command_stack", ()):
        sent = queued[0] if isinstance(queued, tuple) else getattr(queued, "args", queued)
        watch.observe("redis", sent, f"{sent[0]} command", reach=Reach.WRITTEN)
    return "reply to a pipeline" if hasattr(client, "command_stack") else "message of a subscription"


def _end(watch: Watch, reply: Any, where: str) -> None:
    if where and isinstance(reply, str | bytes | list | dict | set | tuple):
        watch.observe("redis", reply, where, reach=Reach.READ)
