"""Responses: who called gets them; chunks joined, bodies decoded, inner applications left out."""

import gzip
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Mount

from cellwall.canary import CanaryBook, Watch, call_watched, viewing
from cellwall.canary.sinks.asgi import AsgiSink

book = CanaryBook(7)
ALICE, BOB = book.issue("alice").value, book.issue("bob").value


def application() -> FastAPI:
    app = FastAPI()

    @app.get("/own")
    async def own(request: Request) -> str:
        return request.headers.get("x-user", "")

    @app.get("/header")
    async def header(response: Response) -> None:
        response.headers["x-last-user"] = ALICE

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(iter([ALICE[:9], ALICE[9:]]))

    @app.get("/packed")
    async def packed() -> Response:
        return Response(gzip.compress(ALICE.encode()), headers={"content-encoding": "gzip"})

    return app


async def get(app: Any, path: str, viewer: str, headers: dict[str, str] | None = None) -> Watch:
    """Give what was seen when `viewer` fetched `path`."""
    with Watch(book, [AsgiSink()]) as watch, viewing(viewer):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            await client.get(path, headers=headers)
    return watch


@pytest.mark.parametrize(("path", "part"), [("/header", "headers"), ("/stream", "body"), ("/packed", "body")])
async def test_anothers_value_is_seen(path: str, part: str) -> None:
    (seen,) = (await get(application(), path, "bob")).sightings
    assert (seen.owner, seen.viewer, seen.where) == ("alice", "bob", f"GET {path} {part}")
    assert (await get(application(), path, "alice")).sightings == []


async def test_ones_own_value_is_not() -> None:
    watch = await get(application(), "/own", "bob", {"x-user": BOB})
    assert (watch.sightings, watch.hints) == ([], [])


async def test_an_application_that_is_called_by_hand_is_seen() -> None:
    with Watch(book, [AsgiSink()]) as watch, viewing("bob"):
        await call_by_hand(application())
    assert [one.owner for one in watch.sightings] == ["alice"]


async def call_by_hand(app: Any, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    scope = {"type": "http", "method": "GET", "path": "/header", "query_string": b"", "headers": headers}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        assert message["type"].startswith("http.response")

    await call_watched(app, scope, receive, send)


async def test_an_application_of_any_kind_is_seen_by_our_clients() -> None:
    async def bare(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": ALICE.encode()})

    with Watch(book, [AsgiSink()]) as watch, viewing("bob"):
        await call_by_hand(bare)
    assert [one.where for one in watch.sightings] == ["GET /header body"]


async def test_a_request_over_a_real_connection_tells_whose_it_is() -> None:
    with Watch(book, [AsgiSink()]) as watch:
        await call_by_hand(application(), ((b"authorization", f"Bearer {BOB}".encode()),))
        await call_by_hand(application(), ((b"authorization", f"Bearer {ALICE}".encode()),))
        await call_by_hand(application())
    assert [(one.owner, one.viewer) for one in watch.sightings] == [("alice", "bob")]


async def test_what_is_around_may_take_a_value_out() -> None:
    inner = application()

    async def redacting(scope: Any, receive: Any, send: Any) -> None:
        async def without(message: Any) -> None:
            await send({**message, "headers": []} if "headers" in message else message)

        await Starlette(routes=[Mount("/", inner)])(scope, receive, without)

    assert (await get(redacting, "/header", "bob")).sightings == []


async def test_what_cannot_be_decoded_is_said() -> None:
    async def odd(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-encoding", b"odd")]})
        await send({"type": "http.response.body", "body": b"?"})

    with Watch(book, [AsgiSink()]) as watch, viewing("bob"):
        await call_by_hand(odd)
    assert "GET /header: content encoding 'odd' cannot be decoded here" in watch.unseen
