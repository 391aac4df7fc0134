"""Starts the coordinator's child processes, each in a process group of its own, and ends them for certain."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final

ANSWER_LIMIT: Final = 64 << 20  # bytes of one answer line


class ChildError(Exception):
    """A child process ended without a full answer; the text says how."""


async def answers_of(
    module: str, request: Mapping[str, Any], *, started: Callable[[int], None] = lambda pid: None
) -> AsyncIterator[dict[str, Any]]:
    """Run `python -m module` with the request and give its answers as they come.

    The child's whole process group is killed when the iteration ends, however it ends.

    Raises:
        ChildError: the child was killed, crashed, or sent something that is not an answer.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        limit=ANSWER_LIMIT,
    )
    assert process.stdin and process.stdout and process.stderr
    errors = asyncio.create_task(_tail(process.stderr))
    try:
        started(process.pid)
        process.stdin.write(json.dumps(request).encode() + b"\n")
        async for line in process.stdout:
            yield _answer(line)
        code = await process.wait()
        if code:
            raise ChildError(f"{module} ended with {_how(code)}: {await errors}".strip())
    except (ConnectionError, ValueError) as error:
        raise ChildError(f"{module}: {error}") from error
    finally:
        await _end(process, errors)


def _answer(line: bytes) -> dict[str, Any]:
    answer = json.loads(line)
    if not isinstance(answer, dict):
        raise ValueError("an answer must be a JSON object")
    return answer


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


async def _tail(stream: asyncio.StreamReader, keep: int = 4000) -> str:
    """Read to the end, keeping only the last bytes."""
    text = b""
    while chunk := await stream.read(65536):
        text = (text + chunk)[-keep:]
    return text.decode(errors="replace")


async def _end(process: asyncio.subprocess.Process, errors: "asyncio.Task[str]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    errors.cancel()
    assert process.stdin
    process.stdin.close()
    await asyncio.shield(process.wait())
