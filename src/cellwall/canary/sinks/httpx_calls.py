"""httpx: what requests carry out of the process, and what responses bring to whoever asked."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, final

from cellwall.canary.chunks import Chunks
from cellwall.canary.outgoing import saw_request, saw_response
from cellwall.canary.patching import undo_all, wrap
from cellwall.canary.sink import Uninstall
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch

_NAME: Final = "httpx"


@final
class HttpxSink:
    """Sees requests with their cookies, response headers, and bodies as they are decoded."""

    name = _NAME
    library = "httpx"

    def install(self, watch: Watch) -> Uninstall:
        """Begin with both clients."""
        httpx = sys.modules["httpx"]
        return undo_all(
            [
                wrap(httpx.Client, "_send_single_request", lambda send: _sent(watch, send)),
                wrap(httpx.AsyncClient, "_send_single_request", lambda send: _sent_async(watch, send)),
                wrap(httpx.Response, "iter_bytes", lambda read: _read(watch, read)),
                wrap(httpx.Response, "aiter_bytes", lambda read: _read_async(watch, read)),
            ]
        )


def _show_request(watch: Watch, request: Any) -> str:
    place = f"{request.method} {request.url}"
    if current_viewer() is not None:
        try:
            body: Any = request.content
        except Exception:  # a stream that was not read: httpx has an error of its own for it
            body = b""
            watch.cannot_see(f"httpx: {place} streams its body")
        saw_request(watch, _NAME, place, request.headers.raw, body)
    return place


def _sent(watch: Watch, original: Any) -> Any:
    def _send_single_request(self: Any, request: Any) -> Any:
        place = _show_request(watch, request)
        response = original(self, request)
        _show_answer(watch, place, response)
        return response

    return _send_single_request


def _sent_async(watch: Watch, original: Any) -> Any:
    async def _send_single_request(self: Any, request: Any) -> Any:
        place = _show_request(watch, request)
        response = await original(self, request)
        _show_answer(watch, place, response)
        return response

    return _send_single_request


def _show_answer(watch: Watch, place: str, response: Any) -> None:
    saw_response(watch, _NAME, f"{place} headers", response.headers.raw)
    if hasattr(response, "_content"):  # a double made it whole, and nobody reads it again
        saw_response(watch, _NAME, f"{place} body", response.content)


def _body_of(watch: Watch, response: Any) -> Callable[[bytes], None]:
    if getattr(response, "_request", None) is None:  # a double that is being made, which nobody was sent yet
        return lambda _: None
    chunks = Chunks(watch.book.longest)
    place = f"{response.request.method} {response.request.url} body"
    return lambda chunk: saw_response(watch, _NAME, place, chunks.feed(chunk))


def _read(watch: Watch, original: Any) -> Any:
    def iter_bytes(self: Any, *args: Any, **options: Any) -> Any:
        show = _body_of(watch, self)
        for chunk in original(self, *args, **options):
            show(chunk)
            yield chunk

    return iter_bytes


def _read_async(watch: Watch, original: Any) -> Any:
    async def aiter_bytes(self: Any, *args: Any, **options: Any) -> Any:
        show = _body_of(watch, self)
        async for chunk in original(self, *args, **options):
            show(chunk)
            yield chunk

    return aiter_bytes
