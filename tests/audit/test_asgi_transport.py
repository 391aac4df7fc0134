"""An application in this process may raise, hang, or never end: the audit goes on."""

from __future__ import annotations

import asyncio
from typing import Any

from cellwall.audit.asgi_transport import AsgiTransport
from cellwall.audit.exchange import Request, Response
from cellwall.audit.transport import AnswerLimits

START = {"type": "http.response.start", "status": 200, "headers": [(b"x-kind", b"test")]}


async def ask(app: Any) -> Response:
    return await AsgiTransport(app, limits=AnswerLimits(body=100, seconds=0.2)).send(Request("GET", "/"))


async def test_an_answer_is_taken_with_its_headers() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b'{"a": 1}'})

    response = await ask(app)
    assert (response.status, response.json, response.header("X-Kind")) == (200, {"a": 1}, "test")


async def test_what_the_application_raises_is_an_answer() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("secret text")

    response = await ask(app)
    assert (response.status, response.failure) == (500, "the application raised ValueError")


async def test_an_endless_answer_is_cut_and_its_application_ended() -> None:
    ended = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        try:
            while True:
                await send({"type": "http.response.body", "body": b"x" * 60, "more_body": True})
        except OSError:
            ended.append(True)

    response = await ask(app)
    assert (len(response.body), response.cut, ended) == (100, True, [True])


async def test_an_application_that_hangs_is_left() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    assert (await ask(app)).status == 0


async def test_json_that_is_too_deep_is_no_json() -> None:
    assert Response(200, body=b"[" * 100_000).json is None
