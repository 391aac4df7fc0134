"""Users interleaved by the explorer: what a plain loop never meets, cancellations, replays, certificates."""

import re
from pathlib import Path

import pytest

from cellwall.testing.many_users.explored import Explored
from cellwall.testing.many_users.result import BODY, Failure, RunResult
from cellwall.testing.many_users.running import Run, Scenario
from cellwall.testing.many_users.settings import IsolationSettings
from tests.testing.many_users.conftest import RunPytest

# As on a Python whose asyncio the explorer does not know.
UNTESTED = """
import cellwall.explore.asyncio_private as private
def pytest_configure(): private.TESTED = ((3, 9),)
"""
# Only a cancelled request leaves something behind.
RACE = """
import asyncio, pytest

class Pool:
    '''Gives its connection back dirty when a request is cancelled.'''
    def __init__(self): self.reply = None
    async def ask(self, context):
        stale, self.reply = self.reply, context.user_id
        await asyncio.sleep(0)
        mine, self.reply = stale or self.reply, None
        return mine

@pytest.fixture
def pool(): return Pool()
@pytest.fixture
def lock(): return asyncio.Lock()

async def test_pool(pool, lock, user_context):
    async with lock:
        assert await pool.ask(user_context) == user_context.user_id
"""
DELAYED = """
import asyncio, pytest
class Service:
    user = None
    async def who(self, context):
        self.user = context.user_id
        await asyncio.sleep(0)
        return self.user
@pytest.fixture
def service(): return Service()
@pytest.fixture
def order(): return iter(range(100))
async def test_it(service, order, user_context):
    await asyncio.sleep(next(order) * 0.25)  # in a plain loop each has come and gone before the next
    assert await service.who(user_context) == user_context.user_id
"""


def test_a_race_that_time_hides_is_found_and_repeated(run_pytest: RunPytest) -> None:
    assert run_pytest(DELAYED, "--concurrent-users", "3").verdicts() == {"test_it": "passed"}
    found = run_pytest(DELAYED, "--concurrent-users", "3", "--schedules", "200", "-k", "test_it")
    assert found.verdicts() == {"test_it": "leak"}, found.text
    replay = re.search(
        r"repeat: pytest test_it.py::test_it (--concurrent-users 3 --schedule (\S+))", found.text
    )
    assert replay, found.text
    assert re.search(r"alone: +fails alike in a process of its own", found.text), found.text
    again = run_pytest(DELAYED, *replay[1].split())
    assert again.records["test_it"]["trace_hash"] == found.records["test_it"]["trace_hash"]
    assert again.verdicts() == {"test_it": "leak"}
    assert again.records["test_it"]["runs"] == 1
    assert run_pytest(DELAYED, "--schedule", replay[2]).verdicts() == {"test_it": "leak"}, "users are in it"
    told = [re.findall(r"LEAK: .*|who: .*", each.bodies["test_it"]) for each in (found, again)]
    assert told[0] == told[1] != []


def test_a_cancelled_request_leaks_to_the_next(run_pytest: RunPytest) -> None:
    assert run_pytest(RACE, "--concurrent-users", "3").verdicts() == {"test_pool": "passed"}
    found = run_pytest(RACE, "--concurrent-users", "3", "--schedules", "100")
    assert found.verdicts() == {"test_pool": "leak"}, found.text
    assert re.search(r"--schedule \S*[xy]\.u\d\.\d", found.text), "a cancellation in it"
    assert re.search(r"how: +u\d was cancelled while waiting at test_it\.py:9 in ask", found.text)
    drawn = re.search(r"drawn: +(\S+\.html)", found.text)
    assert drawn, found.text
    page = Path(drawn[1]).read_text()
    assert "u1 is cancelled" in page
    assert re.search(r">u\d fails in its body: AssertionError<", page), "the step in which it surfaced"
    marked = RACE.replace("async def test_pool", "@pytest.mark.isolation(cancel=False)\nasync def test_pool")
    quiet = run_pytest(marked, "--concurrent-users", "3", "--schedules", "100")
    assert quiet.verdicts() == {"test_pool": "passed"}


def test_the_summary_has_the_certificate(run_pytest: RunPytest) -> None:
    tests = "import asyncio\nasync def test_it(user_context):\n    await asyncio.sleep(0)\n"
    found = run_pytest(tests, "--concurrent-users", "3", "--schedules", "200")
    assert re.search(r"1 test explored: \d+ schedules, cancelled at \d+ of \d+ points, in", found.text)
    certificate = found.records["test_it"]["certificate"]
    assert certificate["handlers"] == ["u1", "u2", "u3"]
    assert certificate["swept"] == certificate["points"] > 0


def test_a_budget_explores_too_and_ends(run_pytest: RunPytest) -> None:
    tests = "import asyncio\nasync def test_it(user_context):\n    await asyncio.sleep(0)\n"
    found = run_pytest(tests, "--concurrent-users", "3", "--isolation-budget", "0.2")
    assert found.records["test_it"]["runs"] > 1
    assert found.outcomes == {"test_it": "passed"}


def test_a_deadlock_is_a_failure_of_what_is_shared(run_pytest: RunPytest) -> None:
    tests = "import asyncio\nasync def test_it(user_context):\n    await asyncio.Event().wait()\n"
    found = run_pytest(tests, "--concurrent-users", "2", "--schedules", "5")
    assert found.outcomes == {"test_it": "failure"}
    assert "DeadlockError" in found.text


def test_a_text_that_is_no_schedule_is_told(run_pytest: RunPytest) -> None:
    found = run_pytest(DELAYED, "--concurrent-users", "3", "--schedule", "nonsense")
    assert "'nonsense' is no schedule" in found.text


def test_what_passes_in_a_fresh_process_is_no_leak(run_pytest: RunPytest) -> None:
    tests = """
import asyncio
SEEN = []
async def test_it(user_context):
    SEEN.append(user_context.user_id)
    await asyncio.sleep(0)
    assert len(SEEN) < 40, SEEN[0]
"""
    found = run_pytest(tests, "--concurrent-users", "3", "--schedules", "50")
    assert found.verdicts() == {"test_it": "undecided"}, found.text
    assert "alone:  passes in a process of its own" in found.text


def test_what_users_at_once_show_is_told_as_a_schedule(run_pytest: RunPytest) -> None:
    tests = DELAYED.replace("next(order) * 0.25", "0")
    at_once = run_pytest(tests, "--concurrent-users", "3")
    assert re.search(r"repeat: .*--isolation-seed", at_once.text), "no schedule was asked for"
    found = run_pytest(tests, "--concurrent-users", "3", "--schedules", "50")
    assert found.verdicts() == {"test_it": "leak"}, found.text
    assert re.search(r"repeat: pytest test_it.py::test_it --concurrent-users 3 --schedule 1:\S+", found.text)
    assert re.search(r"alone: +fails alike in a process of its own", found.text), found.text
    assert found.records["test_it"]["certificate"]["handlers"] == ["u1", "u2", "u3"]


HALF_SIGNED_IN = """
import asyncio, pytest
class Client:
    '''One for all; a sign-in that is cancelled leaves the new name beside the old token.'''
    user = token = None
    async def call(self, user):
        if self.user != user:
            self.user = user
            await asyncio.sleep(0.001)
            self.token = f"token of {user}"
        return self.token
@pytest.fixture
def client(): return Client()
@pytest.fixture
def lock(): return asyncio.Lock()
async def test_it(client, lock, user_context):
    async with lock:
        assert await client.call(user_context.user_id) == f"token of {user_context.user_id}"
"""
WRONG_BOX = """
import asyncio, pytest
@pytest.fixture
def board(): return []
async def test_it(board, user_context):
    try:
        board.append(user_context.user_id)
        await asyncio.sleep(0.001)
        board.remove(user_context.user_id)
    except asyncio.CancelledError:
        assert board == [user_context.user_id]
        raise
"""


def test_who_was_cancelled_and_comes_again_sees_what_half_a_request_left(run_pytest: RunPytest) -> None:
    found = run_pytest(HALF_SIGNED_IN, "--concurrent-users", "3", "--schedules", "60")
    assert found.verdicts() == {"test_it": "leak"}, found.text
    assert re.search(r"--schedule \S*[xy]\.u\d\.\d", found.text), "a cancellation in it"
    right = HALF_SIGNED_IN.replace("self.user = user\n", "self.user = None\n").replace(
        'user}"\n        return', 'user}"\n            self.user = user\n        return', 1
    )
    quiet = run_pytest(right, "--concurrent-users", "3", "--schedules", "60")
    assert quiet.verdicts() == {"test_it": "passed"}, quiet.text


def test_what_a_cancelled_user_raises_counts_where_others_values_stand_in_it(run_pytest: RunPytest) -> None:
    found = run_pytest(WRONG_BOX, "--concurrent-users", "3", "--schedules", "60")
    assert found.verdicts() == {"test_it": "leak"}, found.text
    ordinary = WRONG_BOX.replace("assert board == [user_context.user_id]", "assert board == []  # 'its own'")
    ordinary = (
        ordinary.replace("board.append(user_context.user_id)", "await asyncio.sleep(0)")
        .replace("board.remove(user_context.user_id)", "pass")
        .replace("assert board == []", "assert board == [0]")
    )
    quiet = run_pytest(ordinary, "--concurrent-users", "3", "--schedules", "60")
    assert quiet.verdicts() == {"test_it": "passed"}, quiet.text


def test_who_comes_again_may_be_refused_or_wait_in_vain(run_pytest: RunPytest) -> None:
    tests = """
import asyncio, pytest
@pytest.fixture
def jobs(user_context):
    queue = asyncio.Queue()
    queue.put_nowait(user_context.user_id)
    return queue
async def test_it(jobs, user_context):
    job = await jobs.get()
    await asyncio.sleep(0.001)
    assert job == user_context.user_id
"""
    found = run_pytest(tests, "--concurrent-users", "3", "--schedules", "60")
    assert found.verdicts() == {"test_it": "passed"}, found.text
    assert found.records["test_it"]["certificate"]["swept"] > 0


@pytest.mark.parametrize(
    "error",
    [
        pytest.fail.Exception("Timeout (>1.0s) from pytest-timeout."),
        BaseExceptionGroup("of tasks", [pytest.fail.Exception("Timeout (>1.0s) from pytest-timeout.")]),
        KeyboardInterrupt(),
    ],
    ids=["alarm", "in a group", "interrupt"],
)
def test_what_ends_a_test_is_no_schedules_failure(error: BaseException) -> None:
    """Another run of that schedule, to shrink it, would meet no alarm, and hang."""
    runs = []

    async def scenario(run: Run) -> RunResult:
        runs.append(1)
        return RunResult(["u1"], [Failure("u2", BODY, ValueError()), Failure("u1", BODY, error)])

    def make(_: int) -> Scenario:
        return scenario

    explored = Explored()
    try:
        with pytest.raises(type(error)):
            explored.run(make, IsolationSettings(users=2, schedules=10))
    finally:
        explored.close()
    assert len(runs) == 1


def test_an_untested_python_is_refused_in_one_message(run_pytest: RunPytest) -> None:
    answer = run_pytest(RACE, "--concurrent-users", "2", "--schedules", "5", conftest=UNTESTED)
    assert answer.outcomes == {"test_pool": "failure"}
    assert "schedules cannot be explored on Python" in answer.bodies["test_pool"]
    assert "During handling" not in answer.text
    assert "tested on 3.9 only" in answer.bodies["test_pool"]
    assert "asyncio_private.py" not in answer.text  # no traceback through the explorer


def test_an_untested_python_runs_users_on_the_plain_loop(run_pytest: RunPytest) -> None:
    answer = run_pytest(RACE, "--concurrent-users", "2", conftest=UNTESTED)
    assert answer.outcomes == {"test_pool": "passed"}
