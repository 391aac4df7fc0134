"""The coordinator's side of the fork server: starts it, asks it for children, hears how each ended."""

import asyncio
import itertools
import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, final

from cellwall.migrate.fork_server import MESSAGE

MODULE: Final = "cellwall.migrate.fork_server"


class ForkServerLost(Exception):  # noqa: N818  the name says what happened
    """The fork server ended, so nobody knows how its children end; the next child has a new server."""


@final
@dataclass(slots=True)
class Forked:
    """A child: its process id, then its exit code, negative for a signal; both may be ForkServerLost."""

    pid: "asyncio.Future[int]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    code: "asyncio.Future[int]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


@final
class Forking:
    """One fork server at a time, started at once and again when it was lost."""

    def __init__(self, *, network: bool = False) -> None:
        """Start the server; `network` is whether the project's target code may reach it."""
        self._options: Final = ("network",) if network else ()
        self._numbers: Final = itertools.count(1)
        self._children: dict[int, Forked] = {}
        self._watching: asyncio.AbstractEventLoop | None = None
        self._start()

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    async def fork(self, module: str, descriptors: Sequence[int]) -> Forked:
        """Have a child forked that runs `module`, with standard input and output, and error, from us.

        Raises:
            ForkServerLost: there is no server any more.
        """
        self._watch()
        number, child = next(self._numbers), Forked()
        self._children[number] = child
        message = json.dumps({"number": number, "module": module}).encode()
        try:
            socket.send_fds(self._control, [message], list(descriptors))
        except OSError:
            self._lost()
        await child.pid
        return child

    def close(self) -> None:
        """End the server; its children end with the coordinator's side of their sockets."""
        if self._watching is not None and not self._watching.is_closed():
            self._watching.remove_reader(self._control.fileno())
        self._watching = None
        self._control.close()
        self._process.kill()  # it holds nothing that it could lose
        self._process.wait()

    def _start(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                # -P: nothing is imported from the folder where the user stands: it may be hostile
                [sys.executable, "-P", "-m", MODULE, str(theirs.fileno()), *self._options],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )

    def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        if self._watching is not loop:
            self._watching = loop
            loop.add_reader(self._control.fileno(), self._hear)

    def _hear(self) -> None:
        try:
            text = self._control.recv(MESSAGE)
        except OSError:
            text = b""
        if not text:
            self._lost()
            return
        answer: dict[str, Any] = json.loads(text)
        child = self._children[answer["number"]]
        if "code" in answer:
            del self._children[answer["number"]]
        for name, future in (("pid", child.pid), ("code", child.code)):
            if name in answer and not future.done():  # who waited may have been cancelled
                future.set_result(answer[name])

    def _lost(self) -> None:
        """Tell everybody who waits, and start another server for those who come."""
        children, self._children = list(self._children.values()), {}
        self.close()
        for future in [future for child in children for future in (child.pid, child.code)]:
            if not future.done():
                future.set_exception(ForkServerLost("the process that forks children was killed"))
                future.exception()  # who waits hears it; who waits no longer need not be told of it
        self._start()
