"""Tests that are no coroutines run as many in threads, when asked to."""

from tests.testing.many_users.conftest import RunPytest

DESK = """
import threading, time
import pytest

class Desk:
    user = None
    def ask(self, context):
        self.user = context.user_id
        time.sleep(0.05)
        return self.user

@pytest.fixture
def desk(): return Desk()
@pytest.fixture
def barrier(): return threading.Barrier(3, timeout=20)

def test_leaks(desk, barrier, user_context):
    barrier.wait()
    assert desk.ask(user_context) == user_context.user_id
"""


def test_they_meet_in_threads_and_leak(run_pytest: RunPytest) -> None:
    alone = run_pytest(DESK.replace("    barrier.wait()\n", ""), "--concurrent-users", "3")
    assert alone.verdicts() == {"test_leaks": "alone"}
    assert alone.outcomes == {"test_leaks": "passed"}
    found = run_pytest(DESK, "--concurrent-users", "3", "--isolation-threads", "--no-isolation-probes")
    assert found.verdicts() == {"test_leaks": "leak"}, found.text
    assert "1 of them in threads: nothing controls their schedule" in found.text


def test_set_up_and_teardown_are_each_users(run_pytest: RunPytest) -> None:
    found = run_pytest(
        """
import pytest, threading
ended, threads = [], set()
@pytest.fixture
def own(user_context):
    yield user_context.user_id
    ended.append(user_context.user_id)
def test_it(own, user_context):
    threads.add(threading.current_thread().name)
    assert own == user_context.user_id
def test_after(): assert len(set(ended)) == len(ended) >= 3 and "MainThread" not in threads
""",
        "--concurrent-users",
        "3",
        "--isolation-threads",
    )
    assert set(found.outcomes.values()) == {"passed"}, found.text


def test_awaited_fixtures_and_forgotten_coroutines_are_refused(run_pytest: RunPytest) -> None:
    found = run_pytest(
        """
import pytest
@pytest.fixture
async def slow(user_context): return 1
def test_awaited(slow): pass
def wrapped(function):
    def call(user_context): return function(user_context)
    return call
@wrapped
async def test_forgotten(user_context): pass
""",
        "--concurrent-users",
        "3",
        "--isolation-threads",
    )
    assert "its fixture 'slow' has to be awaited" in found.bodies["test_awaited"]
    assert "gives a coroutine that nothing awaits" in found.bodies["test_forgotten"]
