"""Calls of ASGI applications: where they begin, and whose they are. The sinks of ASGI look through this.

Only the outermost call is watched: what an inner application sends may still be changed by what is around it.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any, Final, Protocol

from cellwall.canary.patching import undo_all, wrap
from cellwall.canary.serving import serving
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]


class CallWatcher(Protocol):
    """What a sink does with one call."""

    name: str
    scope_types: tuple[str, ...]

    def begin(self, watch: Watch, scope: Scope, viewer: str | None) -> Callable[[Message], None]:
        """Give the function that is shown each message that the application sends."""
        ...

    def failed(self, watch: Watch, scope: Scope, viewer: str | None, error: BaseException) -> None:
        """See what the application raised."""
        ...


def install_calls(watch: Watch, watcher: CallWatcher) -> Callable[[], None]:
    """Watch the calls of every application whose class or transport is known; gives the undo."""
    steps: list[Callable[[], None]] = []
    starlette = sys.modules.get("starlette.applications")
    if starlette is not None:
        steps.append(wrap(starlette.Starlette, "__call__", lambda call: _method(watch, watcher, call)))
    httpx = sys.modules.get("httpx")
    if httpx is not None:
        steps.append(
            wrap(httpx.ASGITransport, "handle_async_request", lambda call: _transport(watch, watcher, call))
        )
    _watchers.append((watch, watcher))
    steps.append(lambda: _watchers.remove((watch, watcher)))
    return undo_all(steps)


async def call_watched(app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Call an application as an entered watch sees it; for clients that call applications themselves."""
    for watch, watcher in _watchers:
        app = watched(watch, watcher, app)
    await app(scope, receive, send)


_watchers: Final[list[tuple[Watch, CallWatcher]]] = []


def watched(watch: Watch, watcher: CallWatcher, app: App) -> App:
    """Give the application with one sink around it."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await _watched_call(watch, watcher, app, scope, receive=receive, send=send)

    return call


async def _watched_call(
    watch: Watch, watcher: CallWatcher, app: App, scope: Scope, *, receive: Receive, send: Send
) -> None:
    if scope["type"] not in watcher.scope_types or watcher.name in _around.get():
        await app(scope, receive, send)
        return
    viewer = current_viewer() or viewer_of_request(watch, scope)
    show = watcher.begin(watch, scope, viewer)

    async def shown(message: Message) -> None:
        show(message)
        await send(message)

    token = _around.set(_around.get() | {watcher.name})
    try:
        with serving():
            await app(scope, receive, shown)
    except Exception as error:
        watcher.failed(watch, scope, viewer, error)
        raise
    finally:
        _around.reset(token)


_around: Final[ContextVar[frozenset[str]]] = ContextVar("cellwall_around", default=frozenset())


def viewer_of_request(watch: Watch, scope: Scope) -> str | None:
    """Tell who asks by the values that the request carries, where the call came over a real connection."""
    parts = [part for pair in scope.get("headers", ()) for part in pair]
    parts += [scope.get("query_string", b""), place_of(scope).encode()]
    owners = watch.book.owners_in(b"\n".join(parts))
    return next(iter(owners)) if len(owners) == 1 else None


def place_of(scope: Scope) -> str:
    """Give the call as people write it: `GET /notes`."""
    return f"{scope.get('method', scope['type'])} {scope.get('path', '')}"


def _method(watch: Watch, watcher: CallWatcher, original: Any) -> Any:
    async def call(self: Any, scope: Scope, receive: Receive, send: Send) -> None:
        bound = original.__get__(self)
        await _watched_call(watch, watcher, bound, scope, receive=receive, send=send)

    return call


def _transport(watch: Watch, watcher: CallWatcher, original: Any) -> Any:
    async def handle_async_request(self: Any, request: Any) -> Any:
        twin = object.__new__(type(self))
        vars(twin).update(vars(self))
        twin.app = watched(watch, watcher, self.app)
        return await original(twin, request)

    return handle_async_request
