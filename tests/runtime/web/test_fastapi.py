"""FastAPI's handlers get their user's context by naming it."""

from typing import Any

from fastapi import FastAPI, WebSocket

from cellwall import TokenIssuer
from cellwall.runtime.web import CellwallMiddleware
from cellwall.runtime.web.fastapi import UserContext

Fake = Any


def application(issuer: TokenIssuer) -> FastAPI:
    app = FastAPI()
    app.add_middleware(CellwallMiddleware, tokens=issuer)

    @app.get("/notes")
    async def notes(context: UserContext) -> dict[str, str]:
        return {"user": context.user_id}

    @app.get("/plain")
    def plain(context: UserContext) -> dict[str, str]:  # in a thread, as FastAPI does
        return {"user": context.user_id}

    @app.websocket("/live")
    async def live(websocket: WebSocket, context: UserContext) -> None:
        await websocket.accept()
        await websocket.send_text(context.user_id)
        await websocket.close()

    return app


async def test_handlers(issuer: TokenIssuer, client: Fake) -> None:
    app = application(issuer)
    for path in ("/notes", "/plain"):
        for user in ("ada", "bob"):
            answer = await client.ask(app, client.http(issuer.generate_token(user), path=path))
            assert answer.body == b'{"user":"%s"}' % user.encode()
        assert (await client.ask(app, client.http(path=path))).status == 401


async def test_websockets(issuer: TokenIssuer, websocket: Fake) -> None:
    peer = websocket(issuer.generate_token("ada"))
    await application(issuer)(peer.scope, peer.receive, peer.send)
    assert [message.get("text") for message in peer.sent] == [None, "ada", None]


async def test_the_schema_knows_nothing_of_it(issuer: TokenIssuer) -> None:
    operation = application(issuer).openapi()["paths"]["/notes"]["get"]
    assert "parameters" not in operation and "requestBody" not in operation
