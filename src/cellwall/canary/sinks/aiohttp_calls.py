"""aiohttp's client: what requests carry out of the process, and what responses bring to whoever asked."""

from __future__ import annotations

import sys
from typing import Any, Final, final

from cellwall.canary.outgoing import saw_request, saw_response
from cellwall.canary.patching import undo_all, wrap
from cellwall.canary.sink import Uninstall
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch

_NAME: Final = "aiohttp"


@final
class AiohttpSink:
    """Sees requests with their cookies, response headers, and bodies that are read as a whole."""

    name = _NAME
    library = "aiohttp"

    def install(self, watch: Watch) -> Uninstall:
        """Begin with every client session."""
        client = sys.modules["aiohttp"]
        return undo_all(
            [
                wrap(client.ClientRequest, "send", lambda send: _sent(watch, send)),
                wrap(client.ClientResponse, "start", lambda start: _started(watch, start)),
                wrap(client.ClientResponse, "read", lambda read: _read(watch, read)),
            ]
        )


def _sent(watch: Watch, original: Any) -> Any:
    async def send(self: Any, conn: Any) -> Any:
        if current_viewer() is not None:
            body = getattr(self.body, "_value", self.body)
            saw_request(watch, _NAME, f"{self.method} {self.url}", self.headers.items(), body)
        return await original(self, conn)

    return send


def _started(watch: Watch, original: Any) -> Any:
    async def start(self: Any, connection: Any) -> Any:
        response = await original(self, connection)
        saw_response(watch, _NAME, f"{self.method} {self.url} headers", list(self.raw_headers))
        return response

    return start


def _read(watch: Watch, original: Any) -> Any:
    async def read(self: Any) -> Any:
        body = await original(self)
        saw_response(watch, _NAME, f"{self.method} {self.url} body", body)
        return body

    return read
