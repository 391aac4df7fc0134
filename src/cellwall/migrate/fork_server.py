"""The process from which the coordinator's children are forked: what they all need is imported here once.

    python -P -m cellwall.migrate.fork_server FD [network]

FD is one end of a Unix socket (SOCK_SEQPACKET). A message there is {"number", "module"} with two file
descriptors: standard input and output of the child in one socket, and its standard error. Answers are
{"number", "pid"}, then {"number", "code"}. Each child has a session of its own and runs the module as
`python -m` would. The end of the socket means that the coordinator is gone.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import traceback
from typing import Any, Final, final

from cellwall.project.walls import detect_walls

PRELOADED: Final = tuple(
    f"cellwall.migrate.{name}_process" for name in ("agent", "judge", "suite", "benchmark", "command")
)
MESSAGE: Final = 1 << 16  # bytes of one message
DESCRIPTORS: Final = 2


@final
class ForkServer:
    """Forks on request until its socket ends; `serve` returns in the children, with their module."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.numbers: dict[int, int] = {}  # pid -> number

    def serve(self) -> str:
        """Give the module in a child; "" in the server, when the coordinator is gone."""
        reaped, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        while True:
            ready, _, _ = select.select([self.control.fileno(), reaped], [], [])
            if reaped in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(reaped, MESSAGE)
                self._reap()
            if self.control.fileno() in ready:
                text, descriptors, _, _ = socket.recv_fds(self.control, MESSAGE, DESCRIPTORS)
                if not text:
                    return ""
                if module := self._fork(json.loads(text), descriptors):
                    for descriptor in (reaped, wake):
                        os.close(descriptor)
                    return module

    def _fork(self, message: dict[str, Any], descriptors: list[int]) -> str:
        """Give the module in the child, "" in the server."""
        pid = os.fork()
        if not pid:
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.control.close()
            talk, errors = descriptors
            for source, target in ((talk, 0), (talk, 1), (errors, 2)):
                os.dup2(source, target)
        for descriptor in descriptors:
            os.close(descriptor)
        if not pid:
            return str(message["module"])
        self.numbers[pid] = message["number"]
        self._tell(number=message["number"], pid=pid)
        return ""

    def _reap(self) -> None:
        for pid in tuple(self.numbers):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                self._tell(number=self.numbers.pop(pid), code=code)

    def _tell(self, **what: int) -> None:
        with contextlib.suppress(ConnectionError):  # nobody is there: the next message is the end
            self.control.send(json.dumps(what).encode())


def run_as_main(module: str) -> int:
    """Run the module as `python -m` does; give the exit code."""
    sys.modules.pop(module, None)  # what it imports stays imported
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:  # the edge of a process: whatever it is, its parent reads it
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    """Import, fork on request, and end with the coordinator; a child ends here too."""
    control = socket.socket(fileno=int(sys.argv[1]))
    for module in PRELOADED:
        importlib.import_module(module)
    detect_walls("network" in sys.argv[2:])  # children inherit what was found
    gc.collect()
    gc.freeze()
    if module := ForkServer(control).serve():
        code = run_as_main(module)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)  # what an interpreter takes down at its end takes longer than many a child


if __name__ == "__main__":
    main()
