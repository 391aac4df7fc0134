"""A Redis server as far as GET, SET and pipelines of them need one, on asyncio's streams."""

import asyncio
from contextlib import asynccontextmanager


async def read_command(reader):
    line = await reader.readline()
    if not line:
        return None
    command = []
    for _ in range(int(line[1:])):
        size = int((await reader.readline())[1:])
        command.append((await reader.readexactly(size + 2))[:-2])
    return command


def reply_to(values, command):
    name = command[0].upper()
    if name == b"SET":
        values[command[1]] = command[2]
    if name == b"GET":
        value = values.get(command[1])
        return b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value)
    return b"+PONG\r\n" if name == b"PING" else b"+OK\r\n"


@asynccontextmanager
async def resp_server(seconds=0.001):
    """Serve on loopback; a GET is answered after so many seconds. Gives the port."""
    values = {}

    async def serve(reader, writer):
        try:
            while command := await read_command(reader):
                if command[0].upper() == b"GET":
                    await asyncio.sleep(seconds)
                writer.write(reply_to(values, command))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
