"""The commands that plans name run verbatim after `cellwall init`, with every option."""

import shlex
import subprocess
import sys
from typing import Any

import pytest

PLAN = "PARALLEL_AGENT_TEST_UPDATE_PLAN.md"


@pytest.fixture
def ready(shop: Any) -> Any:
    """Give the shop with one plan, under the usual name, and the five entry points, committed."""
    shop.git("rm", "--quiet", "ONE_CUSTOMER_PLAN.md")
    shop.git("mv", "RENOVATION_PLAN.md", PLAN)
    init = [sys.executable, "-m", "cellwall", "init", "--repo", str(shop.root)]
    done = subprocess.run(init, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shop.commit("Entry points")
    return shop


def call(shop: Any, command: str) -> "subprocess.CompletedProcess[str]":
    argv = [sys.executable, *shlex.split(command)[1:]]
    return subprocess.run(argv, cwd=shop.root, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command",
    [
        "python scripts/launch_test_update_agents.py --agents 8 --pattern 'request_isolation' --parallel "
        "--validate-after-update",
        f"python scripts/execute_parallel_test_update.py --plan {PLAN} --agents 8 --timeout 10800 "
        "--validate-continuously --report-interval 60 --fail-fast false",
    ],
)
def test_the_launch_commands_execute_the_plan(ready: Any, command: str) -> None:
    done = call(ready, command)
    assert done.returncode == 1, done.stderr  # finished: the broken file and the vans remain
    assert "# " in done.stdout
    branches = ready.git("for-each-ref", "--format=%(refname:short)", "refs/heads/cellwall/").split()
    assert len(branches) == 1
    assert "helper_factory.make(" in ready.at(branches[0], "checkout/specs/test_basket.py")


def test_the_checker_finds_what_the_plan_removes(ready: Any) -> None:
    done = call(ready, "python scripts/check_isolation_patterns.py --strict")
    assert done.returncode == 1
    assert "checkout/specs/test_basket.py:7" in done.stdout


def test_the_audit_runs_verbatim(ready: Any) -> None:
    done = call(ready, "python scripts/security_audit.py --focus isolation")
    assert done.returncode in (0, 1), done.stderr
    assert "looked at: " in done.stdout


def test_the_runner_runs_as_many_over_real_services(ready: Any, postgres_url: str, redis_url: str) -> None:
    ready.git("rm", "--quiet", "accounts/specs/test_broken.py")
    ready.write(
        "checkout/specs/test_visits.py",
        "import os\n\n\nasync def test_visit(user_context):\n"
        '    assert os.environ["DATABASE_URL"].startswith("postgresql+asyncpg:")\n'
        '    assert os.environ["REDIS_URL"].startswith("redis:")\n',
    )
    done = call(
        ready,
        "python tests/unified_test_runner.py --category isolation --real-services --concurrent-users 10 "
        "-o asyncio_mode=auto",
    )
    assert "PostgreSQL 1" in done.stderr, done.stderr
    assert "Redis " in done.stderr
    assert "1 test ran as 10 users in 1 run" in done.stdout, done.stdout
    assert done.returncode == 0, done.stdout
