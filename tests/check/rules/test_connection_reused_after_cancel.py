"""A connection that goes back with an answer under way."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "connection-reused-after-cancel"
FOUND = [
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
]
SILENT = [
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
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
