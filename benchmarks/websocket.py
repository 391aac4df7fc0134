"""WebSockets: the pool against its peers at 1,000 connections, its memory, and a client that never reads.

Every server runs in a process of its own on the loopback, its clients in this one. The servers take turns in
many short rounds; a ratio is the median of the rounds' ratios, on the clock. Beside it stands the ratio of
the servers' processor time, which other work on the machine disturbs less. Deflate is off, uvloop on.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median

from benchmarks.ratio import Row, missing
from benchmarks.websocket_peers.peer import SOCKETIO, Peer, Spent

PLAIN = "plain_websockets"
STARLETTE = "starlette_dict"
ASGI = "pool_asgi"
LIBRARY = "pool_websockets"
POOLS = {ASGI: "pool over raw ASGI (uvicorn)", LIBRARY: "pool over websockets"}
PEERS = {SOCKETIO: "python-socketio", PLAIN: "websockets library", STARLETTE: "Starlette dict of sockets"}
NEEDS = {
    ASGI: ("uvloop", "uvicorn"),
    LIBRARY: ("uvloop", "websockets"),
    SOCKETIO: ("uvloop", "uvicorn", "socketio"),
    PLAIN: ("uvloop", "websockets"),
    STARLETTE: ("uvloop", "uvicorn", "starlette"),
}
FLOORS = {SOCKETIO: 3.0, PLAIN: 0.9}


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    users: int
    events: int
    rounds: int
    unread: int


FULL = Size(users=1000, events=2_000, rounds=40, unread=100_000)
QUICK = Size(users=200, events=1_000, rounds=5, unread=20_000)


def measure(quick: bool = False) -> list[Row]:
    """Measure all of it; under two minutes on a quiet machine, a few seconds when `quick`."""
    size = QUICK if quick else FULL
    lacking = {name: [each for each in needed if find_spec(each) is None] for name, needed in NEEDS.items()}
    here = [name for name, packages in lacking.items() if not packages]
    rows = [
        missing((POOLS | PEERS)[name], f"{', '.join(packages)} not installed")
        for name, packages in lacking.items()
        if packages
    ]
    pools = [name for name in POOLS if name in here]
    with ExitStack() as running:
        peers = {name: running.enter_context(Peer(name)) for name in here}
        memory = {name: peer.kib_a_connection(size.users) for name, peer in peers.items()}
        rows += speed_rows(peers, size)
        rows += [
            Row(f"memory, {POOLS[name]}", memory[name], "KiB/client", "at most 25", memory[name] <= 25)
            for name in pools
        ]
    for name in pools:
        with Peer(name) as peer:
            rows += unread_rows(peer, size)
    return rows


def speed_rows(peers: dict[str, Peer], size: Size) -> list[Row]:
    """Compare events a second, sent to one user after the other."""
    spent: dict[str, list[Spent]] = {name: [] for name in peers}
    for turn in range(size.rounds):
        for name in sorted(peers, reverse=bool(turn % 2)):
            spent[name].append(peers[name].send(size.users, size.events))
    pairs = [(pool, peer) for pool in POOLS for peer in PEERS if {pool, peer} <= peers.keys()]
    return [speed_row(pool, peer, spent[pool], spent[peer]) for pool, peer in pairs]


def speed_row(pool: str, peer: str, ours: list[Spent], theirs: list[Spent]) -> Row:
    """Say how many times as many events a second the pool sends."""
    pairs = list(zip(ours, theirs, strict=True))
    ratio = median(their.clock / our.clock for our, their in pairs)
    processor = median(their.processor / our.processor for our, their in pairs)
    pace = [f"{1 / median(one.clock for one in spent):,.0f}" for spent in (ours, theirs)]
    floor = FLOORS.get(peer, 0.0)
    return Row(
        f"{POOLS[pool]} / {PEERS[peer]}", ratio, "times",
        f"at least {floor}" if floor else "", ratio >= floor,
        f"{pace[0]} to {pace[1]} events/s; by processor time {processor:.2f}",
    )  # fmt: skip


def unread_rows(peer: Peer, size: Size) -> list[Row]:
    """Say what one client that never reads costs the others, and the server's memory."""
    users = 100
    peer.connect(users)
    peer.open_unread()
    peer.send_unread(5_000)  # the socket's buffers are full from here on
    alone: list[float] = []
    beside: list[float] = []
    for turn in range(size.rounds):
        for times, unread in sorted([(alone, False), (beside, True)], key=lambda each: each[1] ^ turn % 2):
            times.append(peer.seconds_an_event(users, size.events // 2, beside_unread=unread))
    added = (median(beside) - median(alone)) * 1000
    before = peer.memory()
    peer.send_unread(size.unread)
    grown = (peer.memory() - before) / 1024
    name = POOLS[peer.name]
    return [
        Row(f"a client that never reads, {name}: others", added, "ms/event", "under 1", added < 1),
        Row(
            f"a client that never reads, {name}: memory", grown, "MiB", "under 1", grown < 1,
            f"{size.unread:,} events that it does not read",
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    import sys

    for row in measure(quick="--quick" in sys.argv):
        print(row)
