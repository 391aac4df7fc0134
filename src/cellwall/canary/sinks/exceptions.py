"""Exceptions that leave an application, or that nobody awaits: their words, causes and notes."""

from __future__ import annotations

import asyncio
from typing import Any, final

from cellwall.canary.asgi_calls import Scope, Show, install_calls, place_of
from cellwall.canary.patching import undo_all, wrap
from cellwall.canary.sighting import Reach
from cellwall.canary.sink import Uninstall
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch


@final
class ExceptionSink:
    """What an application raises ends up with whoever called; what a loop reports is for operators."""

    name = "exception"
    library = ""
    scope_types: tuple[str, ...] = ("http", "websocket")

    def install(self, watch: Watch) -> Uninstall:
        """Begin to watch calls, and the handler of loops."""

        def make(original: Any) -> Any:
            def call_exception_handler(self: Any, context: dict[str, Any]) -> Any:
                task = context.get("task") or context.get("future")
                get_context = getattr(task, "get_context", None)  # since Python 3.12
                viewer = get_context().run(current_viewer) if get_context else current_viewer()
                where = "handler of the event loop"
                error = context.get("exception")
                watch.observe("exception", error, where, reach=Reach.NOTED, viewer=viewer)
                return original(self, context)

            return call_exception_handler

        return undo_all(
            [install_calls(watch, self), wrap(asyncio.BaseEventLoop, "call_exception_handler", make)]
        )

    def begin(self, watch: Watch, scope: Scope, viewer: str | None) -> Show | None:
        """Leave messages to other sinks."""
        return None

    def failed(self, watch: Watch, scope: Scope, viewer: str | None, error: BaseException) -> None:
        """See what was raised."""
        watch.observe("exception", error, f"{place_of(scope)} raised", reach=Reach.READ, viewer=viewer)
