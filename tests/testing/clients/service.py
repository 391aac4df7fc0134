"""A service with all that clients meet: cookies, tokens, sockets, failures, a lifespan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response, WebSocket


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    app.state.events = ["up"]
    yield {"pool": "made"}
    app.state.events.append("down")


def service() -> FastAPI:
    app = FastAPI(lifespan=_lifespan)

    @app.get("/login/{user}")
    async def login(user: str, response: Response) -> str:
        response.set_cookie("sid", user)
        return "ok"

    @app.get("/logout")
    async def logout(response: Response) -> None:
        response.delete_cookie("sid")

    @app.api_route("/me", methods=["GET", "POST"])
    async def me(request: Request) -> dict[str, Any]:
        return {
            "sid": request.cookies.get("sid"),
            "token": request.headers.get("authorization"),
            "body": (await request.body()).decode(),
            "query": request.query_params.get("q"),
        }

    @app.get("/fail")
    async def fail() -> None:
        raise RuntimeError("broken")

    @app.websocket("/ws")
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept(subprotocol="chat" if websocket.scope["subprotocols"] else None)
        await websocket.send_json({"sid": websocket.cookies.get("sid")})
        while True:
            text = await websocket.receive_text()
            if text == "close":
                await websocket.close(4000, "asked for")
                return
            if text == "fail":
                raise RuntimeError("broken")
            if text == "return":
                return
            await websocket.send_bytes(text.encode())

    @app.websocket("/closed")
    async def closed(websocket: WebSocket) -> None:
        await websocket.close(4003)

    @app.websocket("/denied")
    async def denied(websocket: WebSocket) -> None:
        raise HTTPException(403, "not yours")

    return app
