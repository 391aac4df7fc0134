"""Servers of tests outlive nobody: not an end, not a kill, not a keeper's own death."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cellwall.testing.services.redis_server import RunningRedis
from tests.servers import KeptServer, ServerUnavailableError

ROOT = Path(__file__).parents[3]

OWNER = """
import sys, time
sys.path.insert(0, {root!r})
from tests.servers import {name}
with {name}() as running:
    {child}
    print(running.server.folder, running.server.pid, running.server._keeper.pid, flush=True)
    time.sleep(120)
"""


def until(holds: Callable[[], bool]) -> bool:
    """Whether it comes true while the test has time."""
    limit = time.monotonic() + 30
    while not holds():
        if time.monotonic() > limit:
            return False
        time.sleep(0.01)
    return True


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(params=["running_postgres", "running_redis"])
def owner(request: pytest.FixtureRequest, postgres_url: str, redis_url: str) -> str:
    """The name of what runs a server; both can be had here."""
    return str(request.param)


@pytest.mark.parametrize(
    "child", ["", "import os; os.fork() or time.sleep(120)"], ids=["alone", "with a forked child"]
)
def test_a_killed_owner_takes_server_and_folder_along(owner: str, child: str) -> None:
    code = OWNER.format(root=str(ROOT), name=owner, child=child)
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    with process.stdout:
        folder, server, keeper = process.stdout.readline().split()
        assert alive(int(server))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert until(lambda: not alive(int(server)))
        assert until(lambda: not Path(folder).exists())
        assert until(lambda: not alive(int(keeper)))
    if child:
        os.killpg(process.pid, signal.SIGKILL)  # the child, that outlived its parent


@pytest.mark.skipif(sys.platform != "linux", reason="parent-death signals are Linux's")
def test_a_killed_keeper_takes_the_server_along(mortal_redis: RunningRedis) -> None:
    server = mortal_redis.server
    os.kill(server._keeper.pid, signal.SIGKILL)
    assert until(lambda: not alive(server.pid))
    with pytest.raises(ServerUnavailableError, match="keeper"):
        server.stop()
    assert not server.folder.joinpath("dump.rdb").exists()
    for left in server.folder.iterdir():
        left.unlink()
    server.folder.rmdir()  # what no process was left to remove


def test_an_end_leaves_nothing() -> None:
    server = KeptServer()
    server.start(["/bin/sleep", "100"], stop_signal=signal.SIGTERM, ready=lambda: True)
    assert alive(server.pid)
    (server.folder / "deep").mkdir()
    (server.folder / "deep" / "file").write_text("x")
    server.close()
    server.close()
    assert not alive(server.pid)
    assert not server.folder.exists()


def test_a_server_that_does_not_listen_is_killed() -> None:
    server = KeptServer()
    server.start(
        [sys.executable, "-I", "-S", "-c", "import signal,time; signal.signal(2, signal.SIG_IGN); "
         "open('deaf', 'w').close(); time.sleep(100)"],
        stop_signal=signal.SIGINT,
        ready=(server.folder / "deaf").exists,
    )  # fmt: skip
    server.close()
    assert not alive(server.pid)


def test_the_folder_is_ours_alone_and_the_one_above_untouched() -> None:
    above = Path("/tmp").stat().st_mode
    server = KeptServer()
    try:
        assert server.folder.stat().st_mode & 0o077 == 0
        assert server.folder.parent.stat().st_mode == above
    finally:
        server.close()


def test_what_does_not_start_says_why() -> None:
    server = KeptServer()
    try:
        with pytest.raises(ServerUnavailableError, match="no such option"):
            server.start(
                ["/bin/sh", "-c", "echo no such option; exit 3"], stop_signal=15, ready=lambda: False
            )
        with pytest.raises(ServerUnavailableError, match="FileNotFoundError"):
            server.run(["/nowhere/initdb"])
        with pytest.raises(ServerUnavailableError, match="ended with 4"):
            server.run(["/bin/sh", "-c", "exit 4"])
    finally:
        server.close()


def test_an_unknown_account_is_refused() -> None:
    if os.geteuid():
        pytest.skip("only root runs a server as another account")
    with pytest.raises(ServerUnavailableError, match="no OS account"):
        KeptServer("nobody-of-that-name")
