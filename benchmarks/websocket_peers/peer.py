"""One measured server in a process of its own, with its clients in ours."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Final, NamedTuple, final

from benchmarks.websocket_peers.clients import Clients

ROOT: Final = Path(__file__).parents[2]
SOCKETIO: Final = "socketio_rooms"


class Spent(NamedTuple):
    """Seconds for one event: on the clock until it is read, and of the server's processor time."""

    clock: float
    processor: float


@final
class Peer:
    """A server of this folder; `with` stops it, whatever happens."""

    def __init__(self, name: str) -> None:
        self.name: Final = name
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.websocket_peers.{name}"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        port = int(self._answer())
        if name == SOCKETIO:
            self._clients = Clients(port, "/socket.io/?EIO=4&transport=websocket&", opening=b"40")
        else:
            self._clients = Clients(port, "/?")
        self._event_bytes = 0

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *exception: object) -> None:
        self._clients.close()
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def connect(self, users: int) -> None:
        """Have so many users, and learn how large an event is."""
        self._clients.open(users)
        self._clients.read_quiet()
        self._order(f"go {users} {users}")
        self._event_bytes, rest = divmod(self._clients.read_quiet(), users)
        if rest:
            raise RuntimeError(f"{self.name} sends events of different sizes")
        self._answer()

    def send(self, users: int, count: int) -> Spent:
        """Send `count` events round robin; the clock stops when the last one is read."""
        start = time.perf_counter()
        self._order(f"go {users} {count}")
        self._clients.read(count * self._event_bytes)
        spent = time.perf_counter() - start
        return Spent(spent / count, float(self._answer()) / count)

    def kib_a_connection(self, users: int) -> float:
        """Connect `users` and give the memory that each of them costs the server."""
        before = self.memory()
        self.connect(users)
        return (self.memory() - before) / users

    def open_unread(self) -> None:
        """Connect one more user, who never reads."""
        self._clients.open_unread()

    def send_unread(self, count: int) -> None:
        """Send events to the user who never reads."""
        self._order(f"unread {count}")
        self._answer()

    def seconds_an_event(self, users: int, count: int, *, beside_unread: bool) -> float:
        """Send round robin, and (beside) after each event one to the user who never reads."""
        start = time.perf_counter()
        self._order(f"{'beside' if beside_unread else 'go'} {users} {count}")
        self._clients.read(count * self._event_bytes)
        spent = time.perf_counter() - start
        self._answer()
        return spent / count

    def memory(self) -> int:
        """Give what the server has in RAM, in KiB."""
        self._order("memory")
        return int(self._answer())

    def _order(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} has ended with {self._process.wait(10)}")
        return line
