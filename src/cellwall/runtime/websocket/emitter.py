"""The emitter: sends events of one request to its own user, and has no way to name another."""

from collections.abc import Callable, Mapping
from typing import Any, Final, final

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.websocket.event import Event


@final
class Emitter:
    """Sends events of one request. Made by `WebSocketConnectionPool.create_emitter`."""

    def __init__(self, context: UserExecutionContext, deliver: Callable[[Event], int]) -> None:
        self.context: Final = context
        self._deliver = deliver

    def emit_event(self, name: str, data: Mapping[str, Any] | None = None) -> int:
        """Queue `{"event": name, "data": data}` for the request's client; never waits.

        Gives the number of connections that took it.

        Raises:
            ContextClosedError: the request has ended.
        """
        self.context.require_open()
        return self._deliver({"event": name, "data": dict(data or {})})
