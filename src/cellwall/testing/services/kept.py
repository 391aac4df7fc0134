"""The near end of a keeper: start, end and revive a server that cannot outlive this process."""

import json
import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, final

KEEPER: Final = Path(__file__).with_name("keeper.py")
READY_SECONDS: Final = 60.0
SOCKET_PATH_ROOM: Final = (
    50  # of about 104 characters that a socket's path may have, for the names in the folder
)


class ServerUnavailableError(Exception):
    """A server cannot be had here; the text says why."""


@final
class KeptServer:
    """One server process with a folder of its own, both owned by a keeper.

    Args:
        account: the OS account to run as when this process is root; without it, as this process.
    """

    def __init__(self, account: str | None = None) -> None:
        user, group = _ids(account)
        command = [sys.executable, "-I", "-S", str(KEEPER), str(user), str(group), _base(user)]
        self._keeper = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C ends this process first, and the keeper then
        )
        self.account: Final = (user, group)
        self.pid: int = 0
        try:
            self.folder: Final = Path(self._ask(do="folder")["folder"])
        except BaseException:
            self.close()
            raise

    def run(self, argv: list[str]) -> None:
        """Run one command in the folder to its end.

        Raises:
            ServerUnavailableError: it failed; the text ends with its output.
        """
        reply = self._ask(do="run", argv=argv)
        if reply["code"]:
            raise ServerUnavailableError(f"{Path(argv[0]).name} ended with {reply['code']}: {reply['log']}")

    def start(self, argv: list[str], *, stop_signal: int, ready: Callable[[], bool]) -> None:
        """Start the server and wait until it is ready.

        Raises:
            ServerUnavailableError: it ended, or was not ready in time; the text ends with its output.
        """
        self.pid = self._ask(do="start", argv=argv, stop_signal=int(stop_signal))["pid"]
        limit = time.monotonic() + READY_SECONDS
        while not ready():
            state = self._ask(do="alive")
            if not state["alive"] or time.monotonic() > limit:
                raise ServerUnavailableError(f"{Path(argv[0]).name} did not start: {state['log']}")
            time.sleep(0.005)

    def stop(self) -> None:
        """End the server as a crash would; its folder stays, so that it can be started again."""
        self._ask(do="stop")

    def pause(self) -> None:
        """Let the server's main process hang: it accepts nothing and answers nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on."""
        os.kill(self.pid, signal.SIGCONT)

    def close(self) -> None:
        """End server and keeper, and remove the folder; a second call does nothing."""
        keeper = self._keeper
        if keeper.stdin is None or keeper.stdin.closed:
            return
        try:
            keeper.stdin.write(b'{"do": "end"}\n')
            keeper.stdin.close()
        except OSError:
            pass  # it is gone already
        keeper.wait(30)
        if keeper.stdout is not None:
            keeper.stdout.close()

    def _ask(self, **command: Any) -> dict[str, Any]:
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        try:
            self._keeper.stdin.write(json.dumps(command).encode() + b"\n")
            self._keeper.stdin.flush()
            line = self._keeper.stdout.readline()
        except OSError:
            line = b""
        if not line:
            raise ServerUnavailableError("the keeper of the server is gone")
        reply: dict[str, Any] = json.loads(line)
        if "error" in reply:
            raise ServerUnavailableError(reply["error"])
        return reply


def _ids(account: str | None) -> tuple[int, int]:
    if account is None or os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    try:
        entry = pwd.getpwnam(account)
    except KeyError:
        raise ServerUnavailableError(f"there is no OS account {account!r} for the server to run as") from None
    return entry.pw_uid, entry.pw_gid


def _base(user: int) -> str:
    """Give a folder for temporary files that `user` can reach, and whose name is short enough for sockets."""
    for folder in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):
        if len(folder) <= SOCKET_PATH_ROOM and Path(folder).is_dir() and reachable(Path(folder), user):
            return folder
    raise ServerUnavailableError("no folder for temporary files has a short name and lets other accounts in")


def reachable(path: Path, user: int) -> bool:
    """Whether an account may go through every folder on the way to `path` and read it."""
    if user == os.geteuid():
        return True
    resolved = path.resolve()
    return all(folder.stat().st_mode & 0o001 for folder in (resolved, *resolved.parents) if folder.is_dir())
