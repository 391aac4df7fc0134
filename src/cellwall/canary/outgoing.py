"""Calls to other services, the same for every client library: what a request and a response may hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cellwall.canary.serving import is_serving
from cellwall.canary.sighting import Reach
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch

CREDENTIALS: Final = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})
Headers = Iterable[tuple[bytes | str, bytes | str]]


def saw_request(watch: Watch, sink: str, place: str, headers: Headers, body: object) -> None:
    """Show a request: credentials are the user's or nobody's, headers one record, a body may be a batch."""
    if current_viewer() is None:
        return
    plain = [(_text(name).lower(), _text(value)) for name, value in headers]
    secret = [pair for pair in plain if pair[0] in CREDENTIALS]
    watch.observe(sink, secret, f"{place} credentials", reach=Reach.CARRIED)
    rest = [place, *(pair for pair in plain if pair[0] not in CREDENTIALS)]
    watch.observe(sink, rest, f"{place} request", reach=Reach.WRITTEN)
    if isinstance(body, str | bytes | bytearray):
        watch.observe(sink, body, f"{place} request body", reach=Reach.NOTED)


def saw_response(watch: Watch, sink: str, place: str, data: object) -> None:
    """Show a part of a response to the code that asked: the user's own client, or a service on the way."""
    watch.observe(sink, data, place, reach=Reach.READ if is_serving() else Reach.SHOWN)


def _text(value: bytes | str) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
