"""Calls of ASGI applications: where they begin, and whose they are. The sinks of ASGI look through this.

Only the outermost call is watched: what an inner application sends may still be changed by what is around it.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from functools import partial
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


Show = Callable[[Message], None]


class CallWatcher(Protocol):
    """What a sink does with one call."""

    name: str
    scope_types: tuple[str, ...]

    def begin(self, watch: Watch, scope: Scope, viewer: str | None) -> Show | None:
        """Give the function that is shown each message that the application sends; None for none."""
        ...

    def failed(self, watch: Watch, scope: Scope, viewer: str | None, error: BaseException) -> None:
        """See what the application raised."""
        ...


def install_calls(watch: Watch, watcher: CallWatcher) -> Callable[[], None]:
    """Watch the calls of every application whose class or transport is known; gives the undo."""
    if not _watchers:
        _entries.append(_wrap_entries())
    _watchers.append((watch, watcher))

    def undo() -> None:
        _watchers.remove((watch, watcher))
        if not _watchers:
            _entries.pop()()

    return undo


def _wrap_entries() -> Callable[[], None]:
    steps = []
    starlette = sys.modules.get("starlette.applications")
    if starlette is not None:
        steps.append(wrap(starlette.Starlette, "__call__", _method))
    httpx = sys.modules.get("httpx")
    if httpx is not None:
        steps.append(wrap(httpx.ASGITransport, "handle_async_request", _transport))
    return undo_all(steps)


_watchers: Final[list[tuple[Watch, CallWatcher]]] = []
_entries: Final[list[Callable[[], None]]] = []
_around: Final[ContextVar[bool]] = ContextVar("cellwall_around", default=False)


async def call_watched(app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Call an application as an entered watch sees it; for clients that call applications themselves."""
    watchers = [pair for pair in _watchers if scope["type"] in pair[1].scope_types]
    if not watchers or _around.get():
        await app(scope, receive, send)
        return
    viewer = current_viewer() or viewer_of_request(watchers[0][0], scope)
    begun = [watcher.begin(watch, scope, viewer) for watch, watcher in watchers]
    shows = [show for show in begun if show is not None]

    async def shown(message: Message) -> None:
        for show in shows:
            show(message)
        await send(message)

    token = _around.set(True)
    try:
        with serving():
            await app(scope, receive, shown)
    except Exception as error:
        for watch, watcher in watchers:
            watcher.failed(watch, scope, viewer, error)
        raise
    finally:
        _around.reset(token)


def viewer_of_request(watch: Watch, scope: Scope) -> str | None:
    """Tell who asks by the values that the request carries, where the call came over a real connection."""
    parts = [part for pair in scope.get("headers", ()) for part in pair]
    parts += [scope.get("query_string", b""), place_of(scope).encode()]
    owners = watch.book.owners_in(b"\n".join(parts))
    return next(iter(owners)) if len(owners) == 1 else None


def place_of(scope: Scope) -> str:
    """Give the call as people write it: `GET /notes`."""
    return f"{scope.get('method', scope['type'])} {scope.get('path', '')}"


def _method(original: Any) -> Any:
    async def call(self: Any, scope: Scope, receive: Receive, send: Send) -> None:
        await call_watched(original.__get__(self), scope, receive, send)

    return call


def _transport(original: Any) -> Any:
    async def handle_async_request(self: Any, request: Any) -> Any:
        twin = object.__new__(type(self))
        vars(twin).update(vars(self))
        twin.app = partial(call_watched, self.app)
        return await original(twin, request)

    return handle_async_request
