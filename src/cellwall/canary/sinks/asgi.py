"""Responses of ASGI applications: status line apart, all that the user gets."""

from __future__ import annotations

from typing import final

from cellwall.canary.asgi_calls import Message, Scope, Show, install_calls, place_of
from cellwall.canary.chunks import Chunks
from cellwall.canary.sink import Uninstall
from cellwall.canary.watch import Watch


@final
class AsgiSink:
    """Headers and bodies of HTTP responses, for the user who called."""

    name = "asgi"
    library = ""
    scope_types: tuple[str, ...] = ("http",)

    def install(self, watch: Watch) -> Uninstall:
        """Begin to watch calls."""
        return install_calls(watch, self)

    def begin(self, watch: Watch, scope: Scope, viewer: str | None) -> Show:
        """Read one response, message by message."""
        place = place_of(scope)
        body = Chunks(watch.book.longest)

        def show(message: Message) -> None:
            nonlocal body
            if message["type"] == "http.response.start":
                headers = [(bytes(name).lower(), bytes(value)) for name, value in message.get("headers", ())]
                text = b"\n".join(name + b": " + value for name, value in headers)
                watch.observe(self.name, text, f"{place} headers", viewer=viewer)
                encoding = dict(headers).get(b"content-encoding", b"").decode("latin-1")
                body = Chunks(watch.book.longest, encoding)
            elif message["type"] == "http.response.body":
                watch.observe(self.name, body.feed(message.get("body", b"")), f"{place} body", viewer=viewer)
                if body.unseen:
                    watch.cannot_see(f"{place}: {body.unseen}")
            elif message["type"] in ("http.response.pathsend", "http.response.zerocopysend"):
                watch.cannot_see(f"{place}: the server sends a file by itself")

        return show

    def failed(self, watch: Watch, scope: Scope, viewer: str | None, error: BaseException) -> None:
        """Leave what was raised to the sink of exceptions."""
