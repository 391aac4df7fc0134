"""A MySQL server as far as logging in and `SELECT 'text'` need one, on asyncio's streams; runs on Python 3.6."""

import asyncio
import re
import struct

OK = b"\x00\x00\x00\x02\x00\x00\x00"
END = b"\xfe\x00\x00\x02\x00"
PROTOCOL_41, SECURE, WITH_DATABASE, LONG_PASSWORD, TRANSACTIONS, PLUGINS = 0x200, 0x8000, 0x8, 0x1, 0x2000, 0x80000
ABLE = PROTOCOL_41 | SECURE | WITH_DATABASE | LONG_PASSWORD | TRANSACTIONS | PLUGINS
QUIT, QUERY = 1, 3


def packet(number, payload):
    return struct.pack("<I", len(payload))[:3] + bytes([number & 255]) + payload


def text(value):
    return bytes([len(value)]) + value


def greeting(connection):
    return (
        b"\x0a8.0.30\x00" + struct.pack("<I", connection) + b"A" * 8 + b"\x00"
        + struct.pack("<H", ABLE & 0xFFFF) + b"\x21" + struct.pack("<HH", 2, ABLE >> 16) + bytes([21])
        + b"\x00" * 10 + b"B" * 12 + b"\x00mysql_native_password\x00"
    )


def rows(value):
    column = text(b"def") + text(b"") * 3 + text(b"v") + text(b"") + b"\x0c"
    column += struct.pack("<HIBHB", 33, 255, 253, 0, 0) + b"\x00\x00"
    payloads = [b"\x01", column, END, text(value), END]
    return b"".join(packet(number, payload) for number, payload in enumerate(payloads, 1))


async def receive(reader):
    head = await reader.readexactly(4)
    return head[3], await reader.readexactly(head[0] | head[1] << 8 | head[2] << 16)


class MysqlServer:
    """`async with MysqlServer() as port`: on loopback; a SELECT is answered after so many seconds."""

    def __init__(self, seconds=0.001):
        self.seconds = seconds
        self.connections = 0

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    async def __aexit__(self, *error):
        self.server.close()

    async def serve(self, reader, writer):
        self.connections += 1
        try:
            writer.write(packet(0, greeting(self.connections)))
            number, _ = await receive(reader)
            writer.write(packet(number + 1, OK))
            while True:
                _, command = await receive(reader)
                if command[0] == QUIT:
                    break
                asked = re.match(rb"select '([^']*)'", command[1:], re.I) if command[0] == QUERY else None
                if asked:
                    await asyncio.sleep(self.seconds)
                writer.write(rows(asked.group(1)) if asked else packet(1, OK))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
