"""A small process that owns one server and its folder, and ends both when its own owner is gone.

Run as `python -I -S keeper.py USER GROUP BASE`. It reads one JSON command a line on standard input and
answers each with one JSON line. Standard library only; imports nothing of the tests.
"""

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

GRACE_SECONDS = 2.0
ASK_SECONDS = 0.25  # how long the server outlives an owner whose forked children still hold our pipe
PR_SET_PDEATHSIG = 1


class Keeper:
    """One folder, at most one server in it at a time."""

    def __init__(self, user: int, group: int, base: str) -> None:
        self._account: dict[str, Any] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="cellwall-server-", dir=base))
        if user != os.geteuid():
            # Behind walls root has no powers, and enters by its group.
            os.chown(self._folder, user, os.getegid())
            self._folder.chmod(0o710)
            self._account = {"user": user, "group": group, "extra_groups": []}
        self._server: subprocess.Popen[bytes] | None = None
        self._stop_signal = signal.SIGTERM

    def answer(self, command: dict[str, Any]) -> dict[str, Any]:
        """Do what one command says."""
        kind = command["do"]
        if kind == "folder":
            return {"folder": str(self._folder)}
        if kind == "run":
            with self._output() as output:
                done = subprocess.run(
                    command["argv"], timeout=120, check=False, stdout=output, stderr=output, **self._own()
                )
            return {"code": done.returncode, "log": self._log()}
        if kind == "start":
            self._stop_signal = signal.Signals(command["stop_signal"])
            with self._output() as output:
                self._server = subprocess.Popen(
                    command["argv"],
                    stdout=output,
                    stderr=output,
                    preexec_fn=self._die_with_keeper,  # noqa: PLW1509 - one thread, and no other way
                    **self._own(),
                )
            return {"pid": self._server.pid}
        if kind == "alive":
            return {"alive": self._server is not None and self._server.poll() is None, "log": self._log()}
        if kind == "stop":
            self.stop()
            return {}
        raise ValueError(kind)

    def stop(self) -> None:
        """End the server at once: asked first, killed when it does not listen."""
        server, self._server = self._server, None
        if server is None:
            return
        server.send_signal(self._stop_signal)
        server.send_signal(signal.SIGCONT)  # a paused server hears nothing
        try:
            server.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

    def remove(self) -> None:
        """Remove the folder; the server's own children may still be leaving it."""
        for _ in range(100):
            shutil.rmtree(self._folder, ignore_errors=True)
            if not self._folder.exists():
                return
            select.select([], [], [], 0.05)

    def _own(self) -> dict[str, Any]:
        environment = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
        return {"cwd": self._folder, "env": environment, "stdin": subprocess.DEVNULL, **self._account}

    def _output(self) -> BinaryIO:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        return os.fdopen(os.open(self._folder / "log", flags, 0o600), "ab")

    def _log(self) -> str:
        try:
            return (self._folder / "log").read_text(errors="replace")[-4000:]
        except OSError:
            return ""

    def _die_with_keeper(self) -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, self._stop_signal)


def lines_until_owner_ends(owner: int) -> Any:
    """Give each line of standard input, until it ends or the owner is gone."""
    buffer = b""
    while os.getppid() == owner:
        ready, _, _ = select.select([0], [], [], ASK_SECONDS)
        if not ready:
            continue
        part = os.read(0, 1 << 16)
        if not part:
            return
        *lines, buffer = (buffer + part).split(b"\n")
        yield from lines


def main() -> None:
    """Keep a server until the owner says `end`, closes the pipe, or dies."""
    owner = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    keeper = Keeper(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
    try:
        for line in lines_until_owner_ends(owner):
            command = json.loads(line)
            if command["do"] == "end":
                break
            try:
                reply = keeper.answer(command)
            except (OSError, subprocess.SubprocessError) as error:
                reply = {"error": f"{type(error).__name__}: {error}"}
            sys.stdout.write(json.dumps(reply) + "\n")
            sys.stdout.flush()
    finally:
        keeper.stop()
        keeper.remove()


if __name__ == "__main__":
    main()
