"""Runs pytest session after session, each in a fork of one process that has imported what all of them need.

A session so has an interpreter of its own, as a user's has, without paying for its start. Standard library
only at the top: the file is run by path, also under old versions of pytest.
"""

import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Nothing that pytest rewrites the assertions of, and no library that a sink or a test looks for.
PRELOADED = (
    "pytest",
    "_pytest.assertion.rewrite",
    "_pytest.cacheprovider",
    "_pytest.junitxml",
    "_pytest.terminal",
    "anyio._backends._asyncio",
    "asyncio",
    "concurrent.futures",
    "logging.config",
    "xml.etree.ElementTree",
    "cellwall.explore",
    "cellwall.runtime.context",
    "cellwall.testing.many_users.hooks",
)


class WarmPytest:
    """The process, started when it is first needed; `close` ends it."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[str] | None = None

    def run(
        self, folder: Path, arguments: Sequence[str], environment: Mapping[str, str], *, seconds: float = 300
    ) -> tuple[int, str]:
        """Run pytest in a folder; give its exit code and all it wrote.

        Raises:
            TimeoutError: it did not end in so many seconds.
        """
        if self._server is None:
            self._server = subprocess.Popen(
                [sys.executable, __file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={"PATH": environment["PATH"], "HOME": os.environ.get("HOME", "/")},
            )
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        written = folder / "written.txt"
        order = {
            "folder": str(folder),
            "arguments": list(arguments),
            "environment": dict(environment),
            "written": str(written),
            "seconds": seconds,
        }
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        answer = json.loads(self._server.stdout.readline())
        text = written.read_text(errors="replace")
        if answer["late"]:
            raise TimeoutError(f"pytest {' '.join(arguments)} did not end in {seconds} s:\n{text}")
        return answer["code"], text

    def close(self) -> None:
        """End the process."""
        server, self._server = self._server, None
        if server is not None:
            assert server.stdin is not None
            server.stdin.close()
            server.wait(10)
            assert server.stdout is not None
            server.stdout.close()


def serve() -> None:
    """Fork for each order that comes in, and answer with the exit code."""
    for name in PRELOADED:
        importlib.import_module(name)
    importlib.import_module("cellwall.canary.sinks").all_sinks()
    gc.collect()
    gc.freeze()  # pytest collects garbage several times a session, and need not look at all of this
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            session(order)
        handle = os.pidfd_open(child)
        late = not select.select([handle], [], [], order["seconds"])[0]
        if late:
            os.kill(child, signal.SIGKILL)
        os.close(handle)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps({"code": os.waitstatus_to_exitcode(status), "late": late}) + "\n")
        sys.stdout.flush()


def session(order: Mapping[str, Any]) -> None:
    """Be the session: never comes back."""
    import pytest

    code = 70
    try:
        output = os.open(order["written"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["environment"])
        sys.dont_write_bytecode = True
        sys.argv = ["pytest", *order["arguments"]]
        sys.path[0] = order["folder"]
        code = int(pytest.main(order["arguments"]))
    except BaseException as error:
        sys.stderr.write(f"the session was broken off by {error!r}\n")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
