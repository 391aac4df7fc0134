"""Beside xdist, pytest-timeout, coverage, -x, --lf and --pdb a test runs as many all the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.testing.many_users.conftest import INI, RunPytest, Session

TESTS = """
import asyncio, pytest

class Service:
    user = None
    async def who(self, context):
        self.user = context.user_id
        await asyncio.sleep(0)
        return self.user

@pytest.fixture
def service(): return Service()

@pytest.mark.parametrize("number", [1, 2])
async def test_leaks(service, user_context, number):
    assert await service.who(user_context) == user_context.user_id
async def test_passes(user_context): await asyncio.sleep(0)
"""


def test_under_xdist(run_pytest: RunPytest) -> None:
    found = run_pytest(TESTS, "--concurrent-users", "3", "-n", "2", plugins=("xdist",))
    assert found.verdicts() == {"test_leaks[1]": "leak", "test_leaks[2]": "leak", "test_passes": "passed"}
    assert "3 tests ran as 3 users in 3 runs: 2 leak, 1 passed" in found.text


def test_x_and_last_failed(run_pytest: RunPytest, run_again: Session) -> None:
    stopped = run_pytest(TESTS, "--concurrent-users", "3", "-x")
    assert stopped.verdicts() == {"test_leaks[1]": "leak"}
    again = run_again("--concurrent-users", "3", "--lf")
    assert list(again.records) == ["test_leaks[1]"]


def test_of_an_item_that_runs_again_the_last_record_counts(run_pytest: RunPytest) -> None:
    conftest = """
from _pytest.runner import runtestprotocol
def pytest_runtest_protocol(item, nextitem):
    runtestprotocol(item, nextitem=item, log=False)
    item._initrequest()  # as pytest-rerunfailures does
    runtestprotocol(item, nextitem=nextitem, log=True)
    return True
"""
    found = run_pytest(TESTS, "--concurrent-users", "3", conftest=conftest)
    assert "3 tests ran as 3 users in 3 runs: 2 leak, 1 passed" in found.text, found.text
    assert found.text.count("test_leaks[1]: LEAK") == 1


def test_a_timeout_ends_all_users(run_pytest: RunPytest) -> None:
    found = run_pytest(
        "import asyncio\nasync def test_hangs(user_context): await asyncio.Event().wait()\n"
        "async def test_spins(user_context):\n    while True: await asyncio.sleep(0)\n"
        "async def test_passes(user_context): await asyncio.sleep(0)\n",
        "--concurrent-users",
        "3",
        "--timeout=3",
        "--timeout-method=signal",
        plugins=("pytest_timeout",),
    )
    assert found.outcomes == {"test_hangs": "failure", "test_spins": "failure", "test_passes": "passed"}
    assert "Timeout" in found.bodies["test_hangs"]
    assert "Timeout" in found.bodies["test_spins"]


@pytest.mark.parametrize(
    "options", [(), ("--no-isolation-probes",), ("--no-isolation-probes", "--schedules=5")]
)
def test_nobody_begins_after_a_timeout(run_pytest: RunPytest, options: tuple[str, ...]) -> None:
    """The others would hang as the first one did, and no second alarm would strike."""
    found = run_pytest(
        "import pytest\nbegun = []\n"
        "async def test_blocks(user_context):\n"
        "    begun.append(1)\n    pytest.fail('Timeout (>3.0s) from pytest-timeout.')\n"
        "def test_after(): assert begun == [1]\n",
        "--concurrent-users=3",
        *options,
    )
    assert found.outcomes == {"test_blocks": "failure", "test_after": "passed"}, found.text


def test_coverage_sees_every_line(run_pytest: RunPytest, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(INI)
    (tmp_path / "test_it.py").write_text(TESTS)
    command = [
        "-m",
        "coverage",
        "run",
        "--include=*/test_it.py",
        "-m",
        "pytest",
        "--concurrent-users",
        "3",
        "-q",
    ]
    subprocess.run([sys.executable, *command], cwd=tmp_path, capture_output=True, check=False)
    subprocess.run([sys.executable, "-m", "coverage", "json"], cwd=tmp_path, capture_output=True, check=True)
    [measured] = json.loads((tmp_path / "coverage.json").read_text())["files"].values()
    assert measured["summary"]["missing_lines"] == 0, measured["missing_lines"]


def test_pdb_stands_in_the_tests_own_frame(run_pytest: RunPytest, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(INI)
    (tmp_path / "test_it.py").write_text(TESTS)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--concurrent-users",
        "3",
        "--pdb",
        "-x",
        "-p",
        "no:cacheprovider",
    ]
    told = subprocess.run(
        command, cwd=tmp_path, input="p number * 1000\nq\n", capture_output=True, text=True, check=False
    )
    assert "\n(Pdb) 1000\n" in told.stdout, told.stdout
