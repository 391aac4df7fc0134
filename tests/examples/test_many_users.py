"""One user's tests of the example: as ten users they find the leaks of its old way, and none in its new way."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

PLATFORM = Path(__file__).parents[2] / "examples" / "agent_platform"
TESTS = '''
import asyncio

import pytest

from netra_backend.agents.factory import agent_instance_factory
from netra_backend.agents.registry import AgentRegistry
from netra_backend.database import shared, session_manager
from netra_backend.database.models import Thread
from netra_backend.websocket.manager import get_websocket_manager
from netra_backend.websocket.pool import platform_pool


def agent_old(context): return AgentRegistry.get_agent("summary")
def agent_new(context): return agent_instance_factory.create_agent("summary", context)
def session_old(context): return shared.create_session()
def session_new(context): return session_manager.create_request_session(context)


@pytest.fixture
async def connections_old():
    return get_websocket_manager()

@pytest.fixture
async def connections_new():
    pool = platform_pool()
    yield pool
    await pool.close()


@pytest.mark.parametrize("agent", [agent_old, agent_new], ids=["old", "new"])
async def test_agent(agent, user_context):
    worker = agent(user_context)
    worker.remember(f"note of {user_context.user_id}")
    await worker.run("Close the account.")
    assert worker.recall() == [f"note of {user_context.user_id}"]


@pytest.mark.parametrize("session", [session_old, session_new], ids=["old", "new"])
async def test_session(session, user_context):
    async with session(user_context) as rows:
        rows.add(Thread(title=f"thread of {user_context.user_id}"))
        await rows.commit()
    async with session(user_context) as rows:
        assert [thread.title for thread in await rows.query(Thread).all()] == [
            f"thread of {user_context.user_id}"]


@pytest.mark.parametrize("old", [True, False], ids=["old", "new"])
async def test_manager(old, connections_old, connections_new, user_context):
    hub = connections_old if old else connections_new
    mine = await hub.register_connection(user_context.user_id, f"socket-{user_context.user_id}")
    event = {"event": "secret", "of": user_context.user_id}
    await asyncio.sleep(0)  # the others come
    await (hub.broadcast(event) if old else hub.send_to_user(user_context.user_id, event))
    await asyncio.sleep(0)
    assert mine.received_events == [event]
'''


def verdicts(folder: Path, *arguments: str) -> dict[str, str]:
    """Give the verdict, else the outcome, of each test."""
    command = [sys.executable, "-m", "pytest", "-q", "--junit-xml=junit.xml", "-p", "no:cacheprovider"]
    subprocess.run([*command, "tests/test_many.py", *arguments], cwd=folder, capture_output=True, check=False)
    found = {}
    for case in ElementTree.parse(folder / "junit.xml").iter("testcase"):
        records = [each.get("value") for each in case.iter("property") if each.get("name") == "cellwall_isolation"]
        plain = "failed" if case.find("failure") is not None or case.find("error") is not None else "passed"
        found[str(case.get("name"))] = json.loads(str(records[0]))["verdict"] if records else plain
    return found


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    """Give a copy of the platform with the tests."""
    folder = tmp_path / "platform"
    shutil.copytree(PLATFORM, folder, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    (folder / "tests" / "test_many.py").write_text(TESTS)
    return folder


@pytest.mark.parametrize("test", ["test_agent", "test_session", "test_manager"])
def test_old_way_leaks_and_new_way_does_not(platform: Path, test: str) -> None:
    assert verdicts(platform, "-k", f"{test} and old") == {f"{test}[old]": "passed"}, "one user sees nothing"
    as_many = verdicts(platform, "-k", test, "--concurrent-users", "10")
    assert as_many == {f"{test}[old]": "leak", f"{test}[new]": "passed"}
