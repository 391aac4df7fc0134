"""Starts the coordinator's child processes, each in a process group of its own, and ends them for certain."""

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, final

from cellwall.migrate.forking import Forked, Forking, ForkServerLost

ANSWER_LIMIT: Final = 64 << 20  # bytes of one answer line
ERRORS_KEPT: Final = 4000  # bytes of standard error, the last ones
LAST_WORDS: Final = 1.0  # seconds for what a dead child still had to say


class ChildError(Exception):
    """A child process ended without a full answer; the text says how."""


Talk = tuple[Forked, asyncio.StreamReader, asyncio.StreamWriter]


@final
class Children:
    """The coordinator's children, forked by one process that has imported what they need."""

    def __init__(self, *, network: bool = False) -> None:
        """Start the process that forks; `network` is whether the project's target code may reach it."""
        self._forking: Final = Forking(network=network)
        self.close: Final = self._forking.close

    async def answers_of(
        self, module: str, request: Mapping[str, Any], *, started: Callable[[int], None] = lambda pid: None
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Run a module as `python -m` does, with the request, and give its answers as they come.

        The child's whole process group is killed when the iteration ends, however it ends; who breaks it off
        closes the generator (`contextlib.aclosing`).

        Raises:
            ChildError: the child was killed, crashed, or sent something that is not an answer.
        """
        errors = await _Errors.open()
        try:
            async with self._child(module, errors) as (child, reader, writer):
                started(child.pid.result())
                writer.write(json.dumps(request).encode() + b"\n")
                lost = ""
                try:
                    async for line in reader:
                        yield _answer(line)
                except ConnectionError as error:  # it ended before it had read everything
                    lost = str(error)
                if code := await child.code:
                    raise ChildError(f"{module} ended with {_how(code)}: {await errors.last_words()}".strip())
                if lost:
                    raise ChildError(f"{module}: {lost}")
        except (ForkServerLost, ValueError, RecursionError) as error:
            raise ChildError(f"{module}: {error}") from error
        finally:
            errors.close()

    @asynccontextmanager
    async def _child(self, module: str, errors: "_Errors") -> AsyncIterator[Talk]:
        """Have a child forked, and end it and its whole group."""
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours, limit=ANSWER_LIMIT)
        try:
            with theirs:
                child = await self._forking.fork(module, (theirs.fileno(), errors.write_end))
            errors.handed_over()
            try:
                yield child, reader, writer
            finally:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.pid.result(), signal.SIGKILL)
                with contextlib.suppress(ForkServerLost):
                    await asyncio.shield(child.code)
        finally:
            writer.close()


def _answer(line: bytes) -> dict[str, Any]:
    answer = json.loads(line)
    if not isinstance(answer, dict):
        raise ValueError("an answer must be a JSON object")
    return answer


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


@final
class _Errors(asyncio.Protocol):
    """A child's standard error, in a pipe of our own: helpers that outlive the child keep nobody waiting."""

    def __init__(self) -> None:
        self._said = b""
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.BaseTransport
        self.write_end = -1

    @classmethod
    async def open(cls) -> "_Errors":
        """Make the pipe; `write_end` is for the child."""
        read_end, write_end = os.pipe()
        pipe = os.fdopen(read_end, "rb", buffering=0)
        transport, errors = await asyncio.get_running_loop().connect_read_pipe(cls, pipe)
        errors._transport, errors.write_end = transport, write_end
        return errors

    def data_received(self, data: bytes) -> None:
        """Keep only the last bytes."""
        self._said = (self._said + data)[-ERRORS_KEPT:]

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody can say anything any more."""
        if not self._ended.done():
            self._ended.set_result(None)

    def handed_over(self) -> None:
        """Close our side of the write end, if it is still open."""
        if self.write_end >= 0:
            os.close(self.write_end)
            self.write_end = -1

    async def last_words(self) -> str:
        """Give the end of what was said."""
        await asyncio.wait({self._ended}, timeout=LAST_WORDS)
        return self._said.decode(errors="replace")

    def close(self) -> None:
        """Listen no longer."""
        self.handed_over()
        self._transport.close()
