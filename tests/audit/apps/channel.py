"""A channel of events: everybody's where it leaks, one's own where not."""

import asyncio
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, WebSocket, WebSocketDisconnect
from pydantic import BaseModel

from tests.audit.apps.accounts import current, user_of, with_accounts


class Message(BaseModel):
    """What is told."""

    text: str


def create_channel(leaking: bool) -> FastAPI:
    """Make the service."""
    app = with_accounts(FastAPI())
    open_channels: list[tuple[str, asyncio.Queue[str]]] = []

    @app.post("/messages", status_code=201)
    async def tell(body: Message, user: Annotated[str, Depends(current)]) -> dict[str, str]:
        for owner, queue in open_channels:
            if leaking or owner == user:
                queue.put_nowait(body.text)
        return {"text": body.text}

    @app.websocket("/events")
    async def events(websocket: WebSocket, token: str) -> None:
        try:
            user = user_of(token)
        except HTTPException:
            await websocket.close(4401)
            return
        await websocket.accept()
        mine = (user, asyncio.Queue[str]())
        open_channels.append(mine)
        sending = asyncio.create_task(_send(websocket, mine[1]))
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            sending.cancel()
            open_channels.remove(mine)

    return app


async def _send(websocket: WebSocket, queue: asyncio.Queue[str]) -> None:
    while True:
        await websocket.send_text(await queue.get())
