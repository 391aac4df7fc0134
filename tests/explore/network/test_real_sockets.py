"""Sockets that are not in memory: Unix sockets, TLS and datagrams work in a run, and are named."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from cellwall.explore import Run, explore, run_once

NAMED = "a real socket or pipe"


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"hello\n")
    await writer.drain()
    writer.close()


async def over_unix(folder: Path) -> bytes:
    server = await asyncio.start_unix_server(greet, folder / "socket")
    reader, writer = await asyncio.open_unix_connection(folder / "socket")
    line = await reader.readline()
    writer.close()
    server.close()
    return line


async def over_datagrams(folder: Path) -> bytes:
    loop, received = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

    class Receiver(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, address: Any) -> None:
            received.set_result(data)

    there, _ = await loop.create_datagram_endpoint(Receiver, local_addr=("127.0.0.1", 0))
    here, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=there.get_extra_info("sockname")
    )
    here.sendto(b"hello\n")
    line: bytes = await received
    here.close()
    there.close()
    return line


async def over_tls(folder: Path) -> bytes:
    server = await asyncio.start_server(
        greet, "127.0.0.1", 0, ssl=ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    )
    port = server.sockets[0].getsockname()[1]
    with pytest.raises((ssl.SSLError, ConnectionError)):  # the server has no certificate
        await asyncio.open_connection("127.0.0.1", port, ssl=ssl.create_default_context())
    server.close()
    return b"hello\n"


@pytest.mark.parametrize("talk", [over_unix, over_datagrams, over_tls])
def test_they_work_and_are_named(talk: Callable[[Path], Coroutine[Any, Any, bytes]], tmp_path: Path) -> None:
    async def scenario(run: Run) -> bytes:
        run.begin()
        task = run.handler("alice", talk(tmp_path))
        return await task

    outcome = run_once(scenario)
    assert (outcome.failure, outcome.result) == (None, b"hello\n")
    assert NAMED in outcome.uncontrolled
    certificate = explore(scenario, schedules=2).certificate
    assert f"not controlled: {NAMED}" in certificate.not_covered
