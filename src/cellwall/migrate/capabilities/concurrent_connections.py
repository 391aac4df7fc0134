"""Writes tests in which several users, each with several devices, use one pool at the same time."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import users
from cellwall.migrate.new_tests.connections import Connections
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation

_EVENT: Final = '{"event": f"turn {turn} of {user}"}'


def _tests(say: Spelling) -> str:
    say.use("import asyncio")
    ws = Connections(say)
    return f"{_several_devices(ws)}\n\n{_come_and_go(ws)}"


def _several_devices(ws: Connections) -> str:
    test = "test_devices_of_users_at_once_receive_their_own_events"
    stated = isolation(
        "each of users has two devices",
        f"one {ws.name} serves all of them while asyncio.gather lets them take turns",
        "received_events of each device are the turns of its own user, in order",
    )
    return f"""
async def {test}():
    {stated}
    pool = {ws.pool}
    users = {users(test, 4)}

    async def connect(user, device):
        await asyncio.sleep(0)
        return {ws.register("user", 'f"{device}-{user}"')}

    async def talk(user):
        for turn in range(5):
            {ws.send("user", _EVENT)}
            await asyncio.sleep(0)

    devices = [(user, device) for device in ("laptop", "phone") for user in users]
    connections = await asyncio.gather(*(connect(user, device) for user, device in devices))
    await asyncio.gather(*(talk(user) for user in users))
    for (user, _), connection in zip(devices, connections, strict=True):
        assert connection.received_events == [{_EVENT} for turn in range(5)]
"""


def _come_and_go(ws: Connections) -> str:
    test = "test_users_who_come_and_go_miss_and_overhear_nothing"
    stated = isolation(
        "each of users comes, speaks and goes",
        f"one {ws.name} registers and disconnects while asyncio.gather lets them take turns",
        "received_events of each connection are the turns of its own user while it was there",
    )
    return f"""
async def {test}():
    {stated}
    pool = {ws.pool}
    users = {users(test, 4)}

    async def visit(user):
        connection = {ws.register("user", 'f"laptop-{user}"')}
        for turn in range(3):
            {ws.send("user", _EVENT)}
            await asyncio.sleep(0)
        {ws.disconnect("user", 'f"laptop-{user}"')}
        await asyncio.sleep(0)
        {ws.send("user", '{"event": f"too late for {user}"}')}
        return connection

    connections = await asyncio.gather(*(visit(user) for user in users))
    for user, connection in zip(users, connections, strict=True):
        assert connection.received_events == [{_EVENT} for turn in range(3)]
"""


CAPABILITY: Final = Capability(
    name="concurrent-connections",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "concurrent websocket connection",
        "concurrent connection",
        "parallel connection",
        "simultaneou connection",
        "concurrent websocket",
        "several device",
    ),
    new_tests=NewTests(
        title="Several users with several devices use one pool at the same time.", role="pool", write=_tests
    ),
)
