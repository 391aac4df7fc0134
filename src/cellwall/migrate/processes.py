"""Starts the coordinator's child processes, each in a process group of its own, and ends them for certain."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any, Final, final

ANSWER_LIMIT: Final = 64 << 20  # bytes of one answer line
ERRORS_KEPT: Final = 4000  # bytes of standard error, the last ones
LAST_WORDS: Final = 1.0  # seconds for what a dead child still had to say


class ChildError(Exception):
    """A child process ended without a full answer; the text says how."""


async def answers_of(
    module: str, request: Mapping[str, Any], *, started: Callable[[int], None] = lambda pid: None
) -> AsyncGenerator[dict[str, Any], None]:
    """Run `python -m module` with the request and give its answers as they come.

    The child's whole process group is killed when the iteration ends, however it ends; who breaks it off
    closes the generator (`contextlib.aclosing`).

    Raises:
        ChildError: the child was killed, crashed, or sent something that is not an answer.
    """
    errors = await _Errors.open()
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # nothing is imported from the folder where the user stands: it may be hostile
            "-m",
            module,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors.write_end,
            start_new_session=True,
            limit=ANSWER_LIMIT,
        )
        errors.handed_over()
        assert process.stdin and process.stdout
        try:
            started(process.pid)
            process.stdin.write(json.dumps(request).encode() + b"\n")
            async for line in process.stdout:
                yield _answer(line)
            if code := await process.wait():
                raise ChildError(f"{module} ended with {_how(code)}: {await errors.last_words()}".strip())
        except (ConnectionError, ValueError, RecursionError) as error:
            raise ChildError(f"{module}: {error}") from error
        finally:
            await _end(process)
    finally:
        errors.close()


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


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    assert process.stdin
    process.stdin.close()
    await asyncio.shield(process.wait())
