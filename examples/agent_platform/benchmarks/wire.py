"""A client that costs little, so that the load measures servers: HTTP/1.1 and WebSocket over plain streams."""

import asyncio
import base64
import json
import os
import struct
import uuid
from typing import Any


class Line:
    """One connection, kept open, for one request at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: dict[str, Any], token: str) -> dict[str, Any]:
        """Send JSON and give the answer's."""
        content = json.dumps(body).encode()
        kind = f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        return dict(json.loads(await self._ask(f"POST {path}", kind, content, token)))

    async def get(self, path: str, token: str) -> str:
        """Give an answer's text."""
        return (await self._ask(f"GET {path}", "", b"", token)).decode()

    async def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()

    async def _ask(self, line: str, kind: str, content: bytes, token: str) -> bytes:
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._address)
        reader, writer = self._streams
        head = f"{line} HTTP/1.1\r\nHost: platform\r\nAuthorization: Bearer {token}\r\n{kind}\r\n"
        writer.write(head.encode() + content)
        status, *fields = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        length = next(int(field.partition(":")[2]) for field in fields if field.lower().startswith("content-length"))
        answer = await reader.readexactly(length)
        if " 200 " not in f"{status} ":
            raise RuntimeError(f"{line}: {status} {answer[:300]!r}")
        return answer


class Socket:
    """One WebSocket, which reads text frames."""

    def __init__(self, host: str, port: int, token: str) -> None:
        self._address, self._token = (host, port), token

    async def open(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection(*self._address)
        key = base64.b64encode(os.urandom(16)).decode()
        self._writer.write(
            f"GET /ws?connection_id={uuid.uuid4().hex}&token={self._token} HTTP/1.1\r\nHost: platform\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = await self._reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer:
            raise RuntimeError(f"no WebSocket: {answer[:200]!r}")

    async def events(self, count: int, seconds: float = 30.0) -> list[dict[str, Any]]:
        """Give so many events, and whatever has come beside them."""
        found: list[dict[str, Any]] = []
        try:
            while True:
                wait = seconds if len(found) < count else 0.001
                found.append(json.loads(await asyncio.wait_for(self._frame(), wait)))
        except TimeoutError:
            return found

    async def close(self) -> None:
        """Leave."""
        self._writer.close()

    async def _frame(self) -> bytes:
        while True:
            first, second = await self._reader.readexactly(2)
            length = second & 0x7F
            if length == 126:
                (length,) = struct.unpack(">H", await self._reader.readexactly(2))
            elif length == 127:
                (length,) = struct.unpack(">Q", await self._reader.readexactly(8))
            content = await self._reader.readexactly(length)
            if first & 0x0F == 1:
                return content
