"""Connections in memory: what asyncio's streams and protocols expect of a network, and the order of bytes."""

import asyncio
import socket
from typing import Any

import pytest

from cellwall.explore import Run, explore, run_once
from cellwall.explore.machine import Machine
from cellwall.explore.strategies.random_walk import Walk
from cellwall.explore.strategies.strategy import Plan


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer each line with itself."""
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


def port_of(server: asyncio.Server) -> int:
    """Give the port that the server listens on."""
    port: int = server.sockets[0].getsockname()[1]
    return port


async def talk(run: Run) -> dict[str, Any]:
    """Three clients that each send lines and read answers."""
    server = await asyncio.start_server(echo, "127.0.0.1", 0)

    async def client(name: str) -> list[bytes]:
        reader, writer = await asyncio.open_connection("localhost", port_of(server))
        got = []
        for number in range(3):
            writer.write(f"{name}".encode())
            writer.write(f"{number}\n".encode())
            await writer.drain()
            got.append(await reader.readline())
        writer.close()
        await writer.wait_closed()
        assert got == [f"{name.upper()}{number}\n".encode() for number in range(3)]
        return got

    run.begin()
    for name in ("alice", "bob", "carol"):
        run.handler(name, client(name))
    results = await run.all()
    run.end()
    server.close()
    await server.wait_closed()
    return results


def test_streams_talk_in_memory_under_any_schedule() -> None:
    machine = Machine(talk)
    traces = set()
    for seed in range(200):
        outcome = machine.run(Plan(Walk(seed)))
        assert outcome.failure is None
        assert outcome.uncontrolled == ()
        traces.add(outcome.trace_hash)
    assert len(traces) == 200


def test_cancelling_clients_breaks_no_other() -> None:
    assert explore(talk, schedules=300).clean


def test_bytes_of_one_direction_keep_their_order() -> None:
    async def scenario(run: Run) -> bytes:
        got = asyncio.get_running_loop().create_future()

        async def collect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            got.set_result(await reader.read(-1))
            writer.close()

        server = await asyncio.start_server(collect, port=0)
        _, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        run.begin()
        for number in range(100):
            writer.write(bytes([number]))
        writer.write_eof()
        result = await got
        writer.close()
        return result

    for seed in range(50):
        assert Machine(scenario).run(Plan(Walk(seed))).result == bytes(range(100))


def test_a_writer_waits_for_a_slow_reader() -> None:
    async def scenario(run: Run) -> int:
        finish = asyncio.Event()

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await finish.wait()
            while await reader.read(100_000):
                pass
            writer.close()

        server = await asyncio.start_server(slow, port=0, limit=1000)
        _, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        drained = 0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                while True:
                    writer.write(b"x" * 10_000)
                    await writer.drain()
                    drained += 1
        assert drained < 20
        finish.set()
        async with asyncio.timeout(5):
            await writer.drain()
        writer.close()
        return drained

    assert run_once(scenario).failure is None


def test_a_client_sees_the_end_and_writing_to_a_closed_end_breaks() -> None:
    async def scenario(run: Run) -> None:
        async def brief(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"bye")
            writer.close()

        server = await asyncio.start_server(brief, port=0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        assert await reader.read() == b"bye"
        with pytest.raises(ConnectionResetError):
            for _ in range(10):
                writer.write(b"hello?")
                await writer.drain()
                await asyncio.sleep(0.01)

    assert run_once(scenario).failure is None


def test_nobody_listens_where_no_server_is() -> None:
    async def scenario(run: Run) -> None:
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        port = port_of(server)
        server.close()
        await server.wait_closed()
        with pytest.raises(OSError, match="failed"):
            await asyncio.open_connection("127.0.0.1", 1)
        again = await asyncio.start_server(echo, "127.0.0.1", port)
        with pytest.raises(OSError, match="in use"):
            await asyncio.start_server(echo, "127.0.0.1", port)
        again.close()

    assert run_once(scenario).failure is None


def test_a_buffered_protocol_gets_everything() -> None:
    class Buffered(asyncio.BufferedProtocol):
        def __init__(self) -> None:
            self.buffer = bytearray(7)
            self.got = b""

        def get_buffer(self, sizehint: int) -> bytearray:
            return self.buffer

        def buffer_updated(self, nbytes: int) -> None:
            self.got += self.buffer[:nbytes]

    async def scenario(run: Run) -> bytes:
        async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.writelines([b"0123456789", b"abcdefghij"])
            writer.close()

        server = await asyncio.start_server(send, port=0)
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_connection(Buffered, "127.0.0.1", port_of(server))
        await asyncio.sleep(1)
        return protocol.got

    assert run_once(scenario).result == b"0123456789abcdefghij"


def test_what_a_transport_tells_of_itself() -> None:
    async def scenario(run: Run) -> None:
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        assert server.is_serving()
        _, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        assert writer.get_extra_info("peername") == ("127.0.0.1", port_of(server))
        socket = writer.get_extra_info("socket")
        socket.setsockopt(1, 2, 3)
        assert (socket.fileno(), socket.getpeername()) == (-1, ("127.0.0.1", port_of(server)))
        assert writer.get_extra_info("ssl_object") is None
        assert writer.can_write_eof()
        server.close()
        assert not server.is_serving()

    assert run_once(scenario).failure is None


async def connected_first(run: Run) -> tuple[bytes, bool, int]:
    """Connect a socket first and make a transport of it then, as clients do that choose among addresses."""
    server = await asyncio.start_server(echo_upper, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    loop, own = asyncio.get_running_loop(), socket.socket()
    own.setblocking(False)
    await loop.sock_connect(own, address)
    reader, writer = await asyncio.open_connection(sock=own)
    writer.write(b"one\n")
    got = await reader.readline()
    peer = writer.get_extra_info("peername")
    writer.close()
    server.close()
    return got, peer == address, own.fileno()


async def echo_upper(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write((await reader.readline()).upper())
    writer.close()


def test_a_socket_that_is_connected_before_its_transport_is_made_meets_the_server_in_memory() -> None:
    outcome = run_once(connected_first)
    assert outcome.result == (b"ONE\n", True, -1)
    assert outcome.uncontrolled == ()
