"""Records each user's exchanges with services of this process, by httpx of either kind or our raw client.

Only requests of the test's own are recorded, not those of a service to another; and only to applications
in this process or to servers on this machine, since the probes will send more of them.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final, Self, final

from cellwall.canary import current_viewer, is_serving
from cellwall.canary.patching import undo_all, wrap
from cellwall.testing.clients import RawClient, RawResponse
from cellwall.testing.probes.exchange import Answer, Exchange, Request, Resend

LIMIT: Final = 500  # exchanges of one user
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@final
class Recorder:
    """Records as long as the block lasts."""

    def __init__(self) -> None:
        self.exchanges: dict[str, list[Exchange]] = defaultdict(list)
        self._undo: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        """Begin."""
        steps = [wrap(RawClient, "send", self._raw)]
        httpx = sys.modules.get("httpx")
        if httpx is not None:
            steps.append(wrap(httpx.AsyncClient, "send", self._async))
            steps.append(wrap(httpx.Client, "send", self._sync))
        self._undo = undo_all(steps)
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._undo()

    def _keep(self, request: Request, answer: Answer, resend: Resend) -> None:
        user = current_viewer()
        if user is not None and not is_serving() and len(self.exchanges[user]) < LIMIT:
            self.exchanges[user].append(Exchange(user, request, answer, resend))

    def _raw(self, original: Any) -> Any:
        async def send(client: Any, method: str, path: str, headers: Any, body: bytes = b"") -> RawResponse:
            async def resend(request: Request) -> Answer:
                raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers]
                again: RawResponse = await original(
                    RawClient(client.app), request.method, request.target, raw, request.body
                )
                return _answer(again.status, again.headers, again.body)

            response: RawResponse = await original(client, method, path, headers, body)
            request = Request(method.upper(), path, _plain(headers), body)
            self._keep(request, _answer(response.status, response.headers, response.body), resend)
            return response

        return send

    def _async(self, original: Any) -> Any:
        async def send(client: Any, request: Any, **options: Any) -> Any:
            response = await original(client, request, **options)
            transport = client._transport_for_url(request.url)

            async def resend(again: Request) -> Answer:
                made = _made(request, again)
                answer = await transport.handle_async_request(made)
                answer.request = made
                return _answer(answer.status_code, answer.headers.raw, await answer.aread())

            self._keep_all(response, transport, resend, options)
            return response

        return send

    def _sync(self, original: Any) -> Any:
        def send(client: Any, request: Any, **options: Any) -> Any:
            response = original(client, request, **options)
            transport = client._transport_for_url(request.url)

            async def resend(again: Request) -> Answer:
                made = _made(request, again)
                answer = transport.handle_request(made)
                answer.request = made
                return _answer(answer.status_code, answer.headers.raw, answer.read())

            self._keep_all(response, transport, resend, options)
            return response

        return send

    def _keep_all(self, last: Any, transport: Any, resend: Resend, options: Any) -> None:
        """Keep a response and the redirects before it; one that is streamed is the test's to read."""
        if options.get("stream") or current_viewer() is None or is_serving():
            return
        for response in (*last.history, last):
            if _is_here(response.request, transport):
                answer = _answer(response.status_code, response.headers.raw, response.content)
                self._keep(_request(response.request), answer, resend)


def _is_here(request: Any, transport: Any) -> bool:
    return hasattr(transport, "app") or request.url.host in _HERE


def _request(request: Any) -> Request:
    target = request.url.raw_path.decode("latin-1")
    return Request(
        request.method, target, _plain(request.headers.raw), request.read() if _is_read(request) else b""
    )


def _is_read(request: Any) -> bool:
    return hasattr(request, "_content")


def _made(like: Any, request: Request) -> Any:
    httpx: Any = sys.modules["httpx"]
    url = like.url.copy_with(raw_path=request.target.encode("latin-1"))
    headers = [pair for pair in request.headers if pair[0] != "content-length"]
    return httpx.Request(request.method, url, headers=headers, content=request.body)


def _answer(status: int, headers: Any, body: bytes) -> Answer:
    return Answer(status, _plain(headers), body)


def _plain(headers: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers)
