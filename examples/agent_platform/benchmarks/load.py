"""What isolation costs under load: many users over real sockets, with isolation and without, taking turns.

    python -m benchmarks.load                   # 10 users x 100 requests each way
    python -m benchmarks.load --many 1000       # then 1,000 users, each with an open WebSocket of their own

Both back ends run as servers of their own. Users take turns: a round of requests at one, then the same at the other,
then the other way round, so that whatever else the machine does falls on both. The small size is asked of three pairs
of servers, one after the other: where a process lies in memory moves its pace by some percent for as long as it lives.
Each answer is read: the words and the id of anybody but the one who asked are a leak. Prints a table, and as its last
line one JSON object, whose `overhead_percent` is what the server's processor time for a request is dearer with
isolation than without, by the quickest quarter of each one's rounds, which other work on the machine disturbs least:
the median of the pairs. `time_percent` is the same by the clock. After `--seconds` nothing more is begun: what was
measured until then stands in the table, and it is said.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from collections.abc import Iterator

from auth_service.tokens import generate_token
from benchmarks.wire import Line, Socket
from servers.keys import make_keys, use_keys
from servers.launch import EXAMPLE, free_port
from servers.serve import HOST

KINDS = ("isolated", "plain")
TITLES = {"isolated": "with isolation", "plain": "without"}
ROUNDS = 17  # with one pair of servers
PAIRS = 3
RESERVED = 0.25  # of the time: for looking at every answer's rows, and for the WebSockets


@dataclass
class Served:
    """One of the two back ends."""

    kind: str
    port: int
    process: subprocess.Popen[bytes]
    seconds: list[float] = field(default_factory=list)
    rounds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    leaks: int = 0

    def processor_seconds(self) -> float:
        """Give the processor time that the server has used, by Linux's clock of another process."""
        return time.clock_gettime((~self.process.pid << 3) | 2)


class User:
    """Somebody with a token, a secret, and a connection to each back end."""

    def __init__(self, number: int) -> None:
        self.user_id = f"user-{number}-{uuid.uuid4().hex[:8]}"
        self.secret = f"secret{uuid.uuid4().hex}"
        self.token = generate_token(self.user_id, expires_in=3600)
        self.lines: dict[str, Line] = {}

    async def ask(self, served: Served, others: frozenset[str]) -> None:
        """Let an agent answer, and look whose the answer is."""
        line = self.lines.get(served.kind) or self.lines.setdefault(served.kind, Line(HOST, served.port))
        began = time.perf_counter()
        answer = await line.post("/agents/summary/run", {"prompt": self.secret}, self.token)
        served.seconds.append(time.perf_counter() - began)
        served.leaks += (answer["user_id"], answer["text"]) != (self.user_id, self.secret)

    async def looks(self, served: Served, others: frozenset[str]) -> None:
        """Read all threads, and look for words of others."""
        text = await self.lines[served.kind].get("/threads", self.token)
        served.leaks += self.secret not in text or any(word in text for word in others)

    async def close(self) -> None:
        """Close the connections."""
        for line in self.lines.values():
            await line.close()


@contextmanager
def servers() -> Iterator[dict[str, Served]]:
    """Start both back ends, each with rows of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="platform-load-")))
        make_keys(folder / "keys")
        use_keys("netra_backend", folder / "keys" / "netra_backend")
        found = {}
        for kind in KINDS:
            (folder / kind).mkdir()
            port = free_port()
            environment = os.environ | {
                "PYTHONPATH": str(EXAMPLE),
                "LOAD_KEYS": str(folder / "keys" / "netra_backend"),
                "LOAD_DATA": str(folder / kind),
            }
            command = [sys.executable, "-m", "servers.serve", f"benchmarks.served:{kind}", str(port)]
            process = subprocess.Popen(command, cwd=EXAMPLE, env=environment, stdin=subprocess.PIPE)
            stack.callback(end, process)
            found[kind] = Served(kind, port, process)
        yield found


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a server."""
    process.terminate()
    process.wait()
    assert process.stdin is not None
    process.stdin.close()


async def up(served: Served) -> None:
    """Wait until a server answers."""
    for _ in range(600):
        try:
            await Line(HOST, served.port).get("/health", "")
        except OSError:
            await asyncio.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the back end {served.kind} does not answer")


async def load(
    both: dict[str, Served], users: list[User], requests: int, at_once: int, until: float
) -> list[User]:
    """Let all users ask in rounds, at one back end after the other; give those whose turn came before the end.

    After `until` (by the monotonic clock) no user more begins and no round more: what was measured counts.
    """
    words = frozenset(user.secret for user in users)
    for served in both.values():  # whatever is made on first use is made before the clock runs
        await in_turn(served, users, 1, at_once, until)
        served.seconds.clear()
    users = [user for user in users if len(user.lines) == len(both)]
    rounds = min(ROUNDS, requests)
    for number in range(rounds):
        share = requests // rounds + (number < requests % rounds)
        if number and time.monotonic() > until:
            break
        for kind in KINDS if number % 2 else KINDS[::-1]:
            served = both[kind]
            processor, began = served.processor_seconds(), time.perf_counter()
            if asked := await in_turn(served, users, share, at_once, until):
                served.rounds.append((time.perf_counter() - began) / asked)
                served.processor.append((served.processor_seconds() - processor) / asked)
    for served in both.values():
        for user in users:
            await user.looks(served, words - {user.secret})
    return users


async def in_turn(served: Served, users: list[User], each: int, at_once: int, until: float) -> int:
    """Let every user ask so often, `at_once` at the same time, and nobody begin after `until`; give how often."""
    gate = asyncio.Semaphore(at_once)

    async def one(user: User) -> int:
        async with gate:
            turns = each if time.monotonic() < until else 0
            for _ in range(turns):
                await user.ask(served, frozenset())
            return turns

    return sum(await asyncio.gather(*(one(user) for user in users)))


async def listen(served: Served, users: list[User], at_once: int) -> int:
    """Let all users listen while each runs an agent; give how many heard what was not theirs, or not all."""
    sockets = [Socket(HOST, served.port, user.token) for user in users]
    gate = asyncio.Semaphore(at_once)

    async def run(user: User) -> None:
        async with gate:
            await user.ask(served, frozenset())

    for start in range(0, len(sockets), at_once):
        await asyncio.gather(*(socket.open() for socket in sockets[start : start + at_once]))
    await asyncio.gather(*(run(user) for user in users))
    heard = await asyncio.gather(*(socket.events(3) for socket in sockets))
    for socket in sockets:
        await socket.close()
    return sum(
        [event["event"] for event in events] != ["welcome", "agent_started", "agent_completed"]
        or events[-1]["data"]["text"] != user.secret
        for user, events in zip(users, heard, strict=True)
    )


Pair = dict[str, Served]


def every(pairs: list[Pair], kind: str, of: str) -> list[float]:
    """Give what was measured at the servers of one kind, of all pairs."""
    return [value for pair in pairs for value in getattr(pair[kind], of)]


def figures(pairs: list[Pair], title: str) -> list[str]:
    """Give the lines of the table for one size."""
    lines = []
    for kind in KINDS:
        seconds = every(pairs, kind, "seconds")
        cuts = statistics.quantiles(seconds, n=100)
        shown = "  ".join(f"{1000 * cuts[at - 1]:7.2f}" for at in (50, 95, 99))
        processor = 1000 * statistics.fmean(every(pairs, kind, "processor"))
        leaks = sum(pair[kind].leaks for pair in pairs)
        lines.append(
            f"{title:<22} {TITLES[kind]:<15} {len(seconds):>8} {shown}  {processor:7.2f}  {leaks:>5}"
        )
    return lines


def overhead(pairs: list[Pair], of: str) -> float:
    """Give by how many percent isolation is dearer: the quickest quarter of both's rounds, the median of the pairs."""
    ratios = []
    for pair in pairs:
        mine, other = (statistics.quantiles(getattr(pair[kind], of), n=4)[0] for kind in KINDS)
        ratios.append(mine / other)
    return 100 * (statistics.median(ratios) - 1)


def summary(pairs: list[Pair], title: str, latency: float) -> str:
    """Give a sentence for a report."""
    medians = [1000 * statistics.median(every(pairs, kind, "seconds")) for kind in KINDS]
    leaks = sum(pair["isolated"].leaks for pair in pairs)
    return (
        f"{title}, {leaks} leaks; processor time of the server; median latency {medians[0]:.2f} ms with and "
        f"{medians[1]:.2f} ms without isolation, {latency:+.1f}% by the quickest quarter of rounds"
    )


async def pair_under_load(count: int, requests: int, until: float, hear: bool) -> tuple[Pair, str]:
    """Start two back ends and let so many users ask; give what was measured, and a line on what else was seen."""
    told = ""
    with servers() as both:
        for served in both.values():
            await up(served)
        asked = [User(number) for number in range(count)]
        users = await load(both, asked, requests, min(count, 20), until)
        if len(users) < count or len(both["plain"].rounds) < min(ROUNDS, requests):
            print(f"time was up: {len(users)} users, {len(both['plain'].rounds)} rounds", flush=True)
        if hear and enough(both):
            isolated = both["isolated"]
            measured = len(isolated.seconds)
            wrong = await listen(isolated, users, 50)
            isolated.leaks += wrong
            del isolated.seconds[measured:]  # what was asked for the sockets' sake is no measure
            told = f"{'':<22} {len(users)} open WebSockets, a run each: {wrong} heard other than their own"
        for user in asked:
            await user.close()
    return both, told


def enough(pair: Pair) -> bool:
    """Tell whether both were asked in two rounds at least."""
    return min(len(served.rounds) for served in pair.values()) >= 2


async def main() -> int:
    """Measure; 1 where something leaked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--users", type=int, default=10)
    parser.add_argument("--requests", type=int, default=100, help="of each user, at each back end")
    parser.add_argument("--many", type=int, default=0, help="users of the second part")
    parser.add_argument("--seconds", type=float, default=420, help="after which nothing more is begun")
    options = parser.parse_args()
    until = time.monotonic() + options.seconds
    head = (
        f"{'':<22} {'':<15} {'requests':>8} {'p50 ms':>7}  {'p95 ms':>7}  {'p99 ms':>7}  {'cpu ms':>7}  leaks"
    )
    print(head)
    result, leaks = {}, 0
    last = until - RESERVED * options.seconds if options.many else until
    number = max(1, min(PAIRS, options.requests // 2))
    shares = [options.requests * (at + 1) // number - options.requests * at // number for at in range(number)]
    for users, requests in [(options.users, shares)] + ([(options.many, [2])] if options.many else []):
        hear = bool(options.many) and users == options.many
        measured = [await pair_under_load(users, share, last, hear) for share in requests]
        pairs = [pair for pair, _ in measured if enough(pair)]
        if not pairs:
            continue
        title = f"{users} users x {sum(requests)}"
        print(*figures(pairs, title), sep="\n", flush=True)
        latency, processor = overhead(pairs, "rounds"), overhead(pairs, "processor")
        leaks += sum(pair["isolated"].leaks for pair in pairs)
        print(f"{'':<22} overhead: {latency:+.1f}% of time, {processor:+.1f}% of processor time", flush=True)
        if not result:
            result = {"overhead_percent": round(processor, 1), "time_percent": round(latency, 1)}
            result["summary"] = summary(pairs, f"{title} requests each way", latency)
        for told in (told for _, told in measured if told):
            print(told, flush=True)
    print(json.dumps(result | {"leaks": leaks}))
    return int(leaks > 0 or not result)  # what measured nothing has not gone well


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
