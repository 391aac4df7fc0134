"""A user of the running platform: an HTTP client and WebSockets of their own, over real sockets."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PASSWORD = "correct horse battery"
SECONDS = 15.0


class Visitor:
    """Somebody with a name that no other test has, and a secret that only they write."""

    def __init__(self, platform: Any, name: str, backend: str = "backend") -> None:
        self.platform = platform
        self.user_id = f"{name}-{uuid.uuid4().hex[:10]}"
        self.secret = f"secret{uuid.uuid4().hex}"
        self.backend = backend
        self.http = httpx.AsyncClient(base_url=platform.url(backend), timeout=SECONDS, trust_env=False)
        self.auth = httpx.AsyncClient(base_url=platform.url("auth"), timeout=SECONDS, trust_env=False)
        self.token = self.refresh_token = ""

    async def sign_up(self) -> None:
        body = {"user_id": self.user_id, "password": PASSWORD}
        (await self.auth.post("/register", json=body)).raise_for_status()

    async def sign_in(self) -> None:
        body = {"user_id": self.user_id, "password": PASSWORD}
        self._take((await self.auth.post("/login", json=body)).raise_for_status())

    async def renew(self) -> None:
        body = {"refresh_token": self.refresh_token}
        self._take((await self.auth.post("/refresh", json=body)).raise_for_status())

    async def sign_out(self) -> None:
        body = {"refresh_token": self.refresh_token}
        headers = {"Authorization": f"Bearer {self.token}"}
        (await self.auth.post("/logout", json=body, headers=headers)).raise_for_status()

    def _take(self, answer: httpx.Response) -> None:
        tokens = answer.json()
        self.token, self.refresh_token = tokens["token"], tokens["refresh_token"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    async def run(self, agent: str = "summary", words: str = "") -> dict[str, Any]:
        """Let an agent stream an answer to the secret."""
        body = {"prompt": f"{self.secret} {words}".strip(), "run_id": uuid.uuid4().hex}
        answer = await self.http.post(f"/agents/{agent}/stream", json=body)
        return dict(answer.raise_for_status().json())

    async def status(self, path: str = "/threads") -> int:
        return (await self.http.get(path)).status_code

    @asynccontextmanager
    async def listening(self, connection_id: str | None = None, resume: str = "") -> AsyncIterator[Ear]:
        """Open a WebSocket as the page does."""
        url = self.platform.url(self.backend).replace("http", "ws", 1)
        query = f"connection_id={connection_id or uuid.uuid4().hex}&resume={resume}"
        protocols = ["platform.token", self.token]
        async with connect(f"{url}/ws?{query}", subprotocols=protocols, proxy=None) as socket:  # type: ignore[arg-type]
            yield Ear(socket)

    async def close(self) -> None:
        await self.http.aclose()
        await self.auth.aclose()


class Ear:
    """What arrives over one WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []
        self.position = ""

    async def next(self) -> dict[str, Any]:
        """Give the next event; positions are kept and their envelopes taken off."""
        while True:
            message = json.loads(await asyncio.wait_for(self.socket.recv(), SECONDS))
            if "epoch" in message:
                self.position = f"{message['epoch']}:{message['offset']}"
                message = message.get("event")
            if message is not None:
                self.heard.append(message)
                return dict(message)

    async def until(self, name: str, count: int = 1) -> list[dict[str, Any]]:
        """Read until so many events of this name have come, and give all that was heard."""
        while sum(event["event"] == name for event in self.heard) < count:
            await self.next()
        return self.heard

    async def until_closed(self) -> int | None:
        """Read to the end, and give the code that the server closed with."""
        try:
            while True:
                await self.next()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


async def eventually(is_so: Callable[[], Any], seconds: float = SECONDS) -> None:
    """Ask again and again until it is so."""
    async with asyncio.timeout(seconds):
        while not await is_so():  # noqa: ASYNC110  # it happens in another process
            await asyncio.sleep(0.05)
