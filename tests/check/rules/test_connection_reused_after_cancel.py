"""A connection that goes back with an answer under way."""

from collections.abc import Callable

import pytest

from cellwall.check.file_kind import FileKind
from cellwall.check.gate import GatedSource
from cellwall.check.rules.connection_reused_after_cancel import ConnectionReusedAfterCancel
from cellwall.check.settings import CheckSettings

Lines = Callable[..., list[int]]
RULE = "connection-reused-after-cancel"
LENT = """
        from contextlib import asynccontextmanager
        class Client:
            @asynccontextmanager
            async def acquire(self):
                conn = await self.pool.get()
                try:
                    yield conn
                {handler}finally:
                    self.pool.release(conn)
            async def ask(self, question):
                async with self.acquire() as connection:
                    await connection.send(question)
                    return await connection.read()
        """
FOUND = [
    pytest.param(LENT.format(handler=""), [13], id="lent to a block"),
    pytest.param(
        """
        import asyncio
        class C:
            def _write(self, d):
                self._writer.write(d)
            @asyncio.coroutine
            def read(self):
                try:
                    head = yield from self._reader.readexactly(4)
                    return (yield from self._reader.readexactly(head))
                except OSError:
                    raise
        """,
        [8],
        id="old coroutines",
    ),
    pytest.param(
        """
        async \\
          def run(pool):
            liveConnection = await pool.get()
            try:
                await liveConnection.send_command()
                return await liveConnection.recv()
            finally:
                pool . put_nowait(liveConnection)
        """,
        [6],
        id="laid out in another way",
    ),
    pytest.param(
        """
        import types
        @types.coroutine
        def run(pool):
            conn = yield from pool.get()
            try:
                yield from conn.write()
                return (yield from conn.parse_response())
            finally:
                pool.return_connection(conn)
        """,
        [7],
        id="old coroutines with a pool",
    ),
    pytest.param(
        """
        class Client:
            async def ask(self, command):
                conn = await self.pool.acquire()
                try:
                    conn.writer.write(command)
                    await conn.writer.drain()
                    return await conn.reader.readline()
                except OSError:
                    conn.writer.close()
                    raise
                finally:
                    self.pool.release(conn)
        """,
        [7],
        id="written to a stream of it, without a wait",
    ),
    pytest.param(
        """
        import asyncio
        async def ask(pool, command):
            conn = await pool.acquire()
            reader, writer = conn.reader, conn.writer
            try:
                writer.writelines([command, END])
                return await asyncio.wait_for(reader.readuntil(END), 3)
            finally:
                await pool.release(conn)
        """,
        [7],
        id="by names of its streams",
    ),
    pytest.param(
        """
        async def ask(pool, command):
            conn = await pool.acquire()
            reader, writer = conn
            try:
                writer.write(command)
                await writer.drain()
                return await reader.readline()
            finally:
                if conn is not None:
                    pool.release(conn)
        """,
        [7],
        id="a connection that is a pair of streams",
    ),
    pytest.param(
        """
        async def ask(pool, command):
            conn = await pool.acquire()
            try:
                conn.transport.write(command)
                return await conn.protocol.read_reply()
            finally:
                pool.release(conn)
        """,
        [5],
        id="a transport and a protocol",
    ),
]
SILENT = [
    pytest.param(
        LENT.format(handler="except BaseException:\n                    conn.close()\n                "),
        id="given up by who lends it",
    ),
    pytest.param(
        LENT.replace("self.acquire() as", "lines.acquire() as").format(handler=""),
        id="lent by something that is not seen",
    ),
    pytest.param(
        """
        import asyncio
        class C:
            async def run(self, pool):
                conn = await pool.get()
                try:
                    await conn.send_command()
                    return await conn.read_response()
                except asyncio.CancelledError:
                    await conn.disconnect()
                    raise
                finally:
                    pool.release(conn)
        """,
        id="it closes what was cancelled",
    ),
    pytest.param(
        """
        async def run(pool):
            conn = await pool.get()
            await conn.send_command()
            await conn.read_response()
            pool.release(conn)
        """,
        id="not given back when cancelled",
    ),
    pytest.param(
        """
        class Server:
            async def serve(self, reader, writer):
                writer.write(b"x")
                try:
                    head = await reader.readexactly(4)
                    return await reader.readexactly(head)
                except OSError:
                    return
        """,
        id="a stream of its own",
    ),
    pytest.param(
        """
        async def ask(pool, command):
            conn = await pool.acquire()
            try:
                conn.writer.write(command)
                await conn.writer.drain()
                return await conn.reader.readline()
            except BaseException:
                conn.writer.close()
                raise
            finally:
                pool.release(conn)
        """,
        id="written without a wait and closed when cancelled",
    ),
    pytest.param(
        """
        async def ask(pool, command):
            conn, whole = await pool.acquire(), False
            try:
                conn.writer.write(command)
                await conn.writer.drain()
                answer = await conn.reader.readline()
                whole = True
                return answer
            finally:
                if whole:
                    pool.release(conn)
                else:
                    conn.writer.close()
        """,
        id="given back only when the answer was read",
    ),
    pytest.param(
        """
        async def ask(pool, command):
            conn, whole = await pool.acquire(), False
            try:
                await conn.send(command)
                answer = await conn.read()
                whole = True
                return answer
            finally:
                pool.release(conn, discard=not whole)
        """,
        id="the pool is told whether to keep it",
    ),
    pytest.param(
        """
        async def tell(pool, log, line):
            conn = await pool.acquire()
            try:
                log.write(f"{conn}: {line}")
                return await conn.reader.readline()
            finally:
                pool.release(conn)
        """,
        id="something else is written",
    ),
    pytest.param(
        """
        async def tell(pool, line):
            conn = await pool.acquire()
            audit = conn.audit
            try:
                audit.write(line)
                conn.history.write(line)
                return await conn.reader.readline()
            finally:
                pool.release(conn)
        """,
        id="what the connection has beside streams is written",
    ),
    pytest.param(
        """
        async def listen(pool):
            conn = await pool.acquire()
            try:
                line = await conn.reader.readline()
                conn.writer.write(line)
                await conn.writer.drain()
            finally:
                pool.release(conn)
        """,
        id="read before it is written",
    ),
]
PASSED_OVER = [
    "async def f(conn, pool):\n    await conn.send()\n    await conn.read()\n    pool.release(conn)\n",
    "def f(conn, pool):\n    try:\n        conn.read()\n    finally:\n        pool.release(conn)\n",
    "async def f(a, pool):\n    try:\n        await a.read()\n    finally:\n        pool.release(a)\n",
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []


@pytest.mark.parametrize("source", PASSED_OVER)
def test_the_gate_keeps_out(settings: CheckSettings, source: str) -> None:
    assert not GatedSource(source.encode(), FileKind.SERVICE).passes(
        ConnectionReusedAfterCancel().gate(settings)
    )
