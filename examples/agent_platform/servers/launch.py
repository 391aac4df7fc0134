"""Starts the platform's servers as processes of their own, and ends what it started."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

import httpx

from servers.keys import make_keys
from servers.serve import HOST

EXAMPLE = Path(__file__).resolve().parent.parent
SERVICES = {  # in the order in which they start, with the name by which each speaks to others
    "analytics": "analytics_service",
    "auth": "auth_service",
    "backend": "netra_backend",
    "web": "",
}
START_SECONDS = 60.0
END_SECONDS = 10.0


class ServerDidNotStart(RuntimeError):
    """A server ended before it answered, or did not answer in time; the text has what it said."""


class RunningPlatform:
    """The platform's servers, while the block runs. `stop` and `start` let one be away for a while.

    Args:
        folder: where files go; a temporary folder that ends with the block where none is given.
        ports: for each server a port, free ones where none is given. `backends` more of them can be asked.
        variables: what the servers' environment has besides, such as PLATFORM_LEAKS.
        services: which servers are started; the first of each name is what the others speak to.
    """

    def __init__(
        self,
        folder: Path | None = None,
        ports: Mapping[str, int] | None = None,
        variables: Mapping[str, str] | None = None,
        services: tuple[str, ...] = tuple(SERVICES),
    ) -> None:
        self._given = folder
        self._stack = ExitStack()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._variables = dict(variables or {})
        self.services = services
        self.ports = {name: (ports or {}).get(name) or free_port() for name in services}

    def url(self, service: str) -> str:
        """Give where a server listens."""
        return f"http://{HOST}:{self.ports[service]}"

    def __enter__(self) -> "RunningPlatform":
        """Start all servers, and wait until they answer.

        Raises:
            ServerDidNotStart: one does not; the others are ended.
        """
        self.folder = self._given or Path(self._stack.enter_context(TemporaryDirectory(prefix="platform-")))
        self.folder.mkdir(exist_ok=True)
        if not (self.folder / "keys").exists():
            make_keys(self.folder / "keys")
        try:
            for service in self.services:
                self._spawn(service)
            for service in self.services:
                self._wait(service)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all servers."""
        for process in self._processes.values():
            process.terminate()
        for service in reversed(list(self._processes)):
            self.stop(service)
        self._stack.close()

    def start(self, service: str) -> None:
        """Start a server that was stopped, where it was."""
        self._spawn(service)
        self._wait(service)

    def stop(self, service: str) -> None:
        """End one server, kindly first."""
        process = self._processes.pop(service)
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()

    def kill(self, service: str) -> None:
        """End one server as a crash would."""
        self._processes[service].kill()
        self.stop(service)

    def ended(self) -> list[str]:
        """Give the servers that have ended by themselves."""
        return [name for name, process in self._processes.items() if process.poll() is not None]

    def _spawn(self, service: str) -> None:
        kind = service.rstrip("0123456789")
        first = {name: self.url(name if name in self.ports else service) for name in SERVICES}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PLATFORM_")}
        environment |= {
            "PYTHONPATH": str(EXAMPLE),
            "PLATFORM_DATA": str(self.folder),
            "PLATFORM_KEYS": str(self.folder / "keys" / SERVICES[kind]),
            "PLATFORM_AUTH": first["auth"],
            "PLATFORM_ANALYTICS": first["analytics"],
            "PLATFORM_BACKEND": first["backend"],
            "PLATFORM_PAGE": first["web"],
        }
        self._processes[service] = subprocess.Popen(
            [sys.executable, "-m", "servers.serve", kind, str(self.ports[service])],
            cwd=EXAMPLE,
            env=environment | self._variables,
            stdin=subprocess.PIPE,  # it ends when this end closes, however we end
            start_new_session=True,  # Ctrl-C is ours to handle
        )

    def _wait(self, service: str) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if (code := self._processes[service].poll()) is not None:
                raise ServerDidNotStart(f"{service} ended with {code}; what it said is above")
            try:
                httpx.get(f"{self.url(service)}/health", timeout=1, trust_env=False).raise_for_status()
                return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise ServerDidNotStart(f"{service} does not answer at {self.url(service)}")


def free_port() -> int:
    """Give a port of the loopback interface that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def real_services() -> Iterator[dict[str, str]]:
    """Start PostgreSQL and Redis for a block, prepared for the platform; give the variables that name them.

    Raises:
        ServerUnavailableError: one of them cannot be had on this machine.
    """
    import asyncio

    from cellwall.testing.services import running_postgres, running_redis
    from servers.real_services import EVENTS, ROLE, prepare_database

    with running_postgres() as postgres, running_redis() as redis:
        asyncio.run(prepare_database(postgres.url()))
        yield {
            "PLATFORM_DATABASE": postgres.url(user=ROLE),
            "PLATFORM_EVENTS": postgres.url(database=EVENTS, driver=""),
            "PLATFORM_REDIS": redis.url(),
        }
