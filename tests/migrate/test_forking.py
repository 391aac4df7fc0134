"""The fork server answers for its children, and may itself be killed at any moment."""

import asyncio
import os
import signal
import socket
import textwrap
from collections.abc import Iterator
from contextlib import closing

import pytest

from cellwall.migrate.forking import Forked, Forking, ForkServerLost

CHILD = """
    import os, signal, sys, time
    word = sys.stdin.readline().strip()
    if word == "wait":
        time.sleep(600)
    if word == "signal":
        os.kill(os.getpid(), signal.SIGTERM)
    print(os.getpid(), os.getsid(0), os.getppid(), sorted(os.listdir("/proc/self/fd")), flush=True)
    sys.exit(int(word) if word.isdigit() else word)
"""


@pytest.fixture(scope="module")
def forking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forking]:
    """Give one for all tests, as a coordinator has one for all its children."""
    folder = tmp_path_factory.mktemp("modules")
    (folder / "forked_child.py").write_text(textwrap.dedent(CHILD))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        with closing(Forking()) as made:
            yield made


async def begin(forking: Forking, word: str) -> tuple[Forked, socket.socket]:
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            child = await forking.fork("forked_child", (theirs.fileno(), 2))
    except BaseException:
        ours.close()
        raise
    ours.sendall(word.encode() + b"\n")
    return child, ours


@pytest.mark.parametrize(
    ("word", "code"), [("0", 0), ("7", 7), ("a text is a failure", 1), ("signal", -signal.SIGTERM)]
)
async def test_how_a_child_ended_is_heard(forking: Forking, word: str, code: int) -> None:
    child, ours = await begin(forking, word)
    with ours:
        assert await child.code == code


async def test_a_child_leads_its_own_session_and_holds_nothing_of_others(forking: Forking) -> None:
    first, ours = await begin(forking, "wait")
    second, other = await begin(forking, "0")
    with ours, other:
        assert await second.code == 0
        pid, session, parent, descriptors = other.makefile().readline().split(maxsplit=3)
        assert int(pid) == int(session) == await second.pid
        assert int(parent) == forking.pid
        assert descriptors.strip() == "['0', '1', '2', '3']"  # the last one reads the folder
        os.killpg(first.pid.result(), signal.SIGKILL)
        assert await first.code == -signal.SIGKILL


async def test_many_at_once(forking: Forking) -> None:
    begun = await asyncio.gather(*(begin(forking, str(number)) for number in range(20)))
    codes = await asyncio.gather(*(child.code for child, _ in begun))
    assert codes == list(range(20))
    assert len({await child.pid for child, _ in begun}) == 20
    for _, ours in begun:
        ours.close()


async def test_a_killed_server_is_told_and_replaced(forking: Forking) -> None:
    child, ours = await begin(forking, "wait")
    with ours:
        os.kill(forking.pid, signal.SIGKILL)
        with pytest.raises(ForkServerLost):
            await child.code
        os.killpg(await child.pid, signal.SIGKILL)
    child, ours = await begin(forking, "3")
    with ours:
        assert await child.code == 3


async def test_a_server_that_was_killed_while_nobody_looked(forking: Forking) -> None:
    os.kill(forking.pid, signal.SIGKILL)
    await asyncio.to_thread(os.waitid, os.P_PID, forking.pid, os.WEXITED | os.WNOWAIT)
    with pytest.raises(ForkServerLost):
        await begin(forking, "0")
    child, ours = await begin(forking, "4")
    with ours:
        assert await child.code == 4


async def test_who_asks_and_is_cancelled_hurts_nobody(forking: Forking) -> None:
    asked = asyncio.create_task(begin(forking, "0"))
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    child, ours = await begin(forking, "5")
    with ours:
        assert await child.code == 5  # what the other one says of its end reaches nobody
