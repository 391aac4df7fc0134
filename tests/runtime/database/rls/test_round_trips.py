"""No extra round trip: the answers that a server gives are counted on the wire."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import make_url, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from cellwall.runtime.database.owner import Owner

from .conftest import ADA, Note, Walled


class Wire:
    """A relay before the server that counts finished answers: one a round trip, whatever it carried."""

    def __init__(self, url: str) -> None:
        self._target = make_url(url)
        self.answers = 0
        self.relays: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Begin to carry one connection."""
        self.relays.add(asyncio.create_task(self.relay(reader, writer)))

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        there_reader, there_writer = await self._connect()
        there = asyncio.create_task(self._carry(reader, there_writer))
        try:
            while head := await there_reader.read(1):
                size = await there_reader.readexactly(4)
                rest = await there_reader.readexactly(int.from_bytes(size) - 4)
                self.answers += head == b"Z"
                writer.write(head + size + rest)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            there.cancel()
            await asyncio.gather(there, return_exceptions=True)
            for end in (writer, there_writer):
                end.close()
                await asyncio.gather(end.wait_closed(), return_exceptions=True)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host = self._target.query.get("host") or self._target.host
        port = self._target.port or 5432
        if isinstance(host, str) and host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(str(host), port)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(1 << 16):
            writer.write(part)
        writer.write_eof()


@pytest.fixture
async def wire(walled: Walled) -> AsyncIterator[Wire]:
    """The relay, and the application's URL through it."""
    wire = Wire(walled.url.render_as_string(hide_password=False))
    with TemporaryDirectory() as folder:
        server = await asyncio.start_unix_server(wire.accept, Path(folder) / ".s.PGSQL.5432")
        walled.url = walled.url.set(host=None, port=None, query={"host": folder})
        yield wire
        for engine in walled.engines:
            await engine.dispose()
        server.close()
        await asyncio.gather(*wire.relays)


async def request(session: AsyncSession) -> None:
    """Do what a request does: read, read again, write, commit, read."""
    async with session:
        await session.execute(select(Note.text))
        await session.execute(select(Note.id))
        session.add(Note(user_id="ada", text="new"))
        await session.commit()
        await session.execute(select(Note.text))


async def counted(wire: Wire, make: Any) -> int:
    """Count the answers of one request on a warm connection."""
    for _ in range(3):
        await request(await make())
    before = wire.answers
    await request(await make())
    return wire.answers - before


@pytest.mark.parametrize("signed", [False, True], ids=["plain", "signed"])
async def test_an_owner_costs_no_round_trip(walled: Walled, wire: Wire, signed: bool) -> None:
    await walled.run(f"GRANT {walled.role} TO CURRENT_USER")
    plain = create_async_engine(walled.url.set(drivername=f"postgresql+{walled.driver}"), pool_size=1)
    walled.engines.append(plain)
    await walled.run(
        "ALTER TABLE notes NO FORCE ROW LEVEL SECURITY", "ALTER TABLE notes DISABLE ROW LEVEL SECURITY"
    )

    async def without() -> AsyncSession:
        return AsyncSession(plain, expire_on_commit=False)

    bare = await counted(wire, without)
    await walled.apply()
    options: dict[str, Any] = {"signer": await walled.sign()} if signed else {}
    storage = walled.storage(walled.engine(pool_size=1), **options)

    async def with_owner() -> AsyncSession:
        return await storage.open(Owner("user", "ada"), "r")

    assert await counted(wire, with_owner) == bare
    assert bare == 2 * 2 + 2 + 2  # BEGIN and COMMIT or ROLLBACK twice, two reads and a write, one read more
    async with await storage.open(ADA, "r") as session:
        assert len((await session.scalars(select(Note))).all()) > 1
