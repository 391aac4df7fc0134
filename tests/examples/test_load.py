"""The example's load: it reads every answer, tells figures as JSON, and notices a platform that leaks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "agent_platform"
pytestmark = pytest.mark.big


def load(*arguments: str, leaks: str = "") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "benchmarks.load", *arguments]
    environment = os.environ | {"PLATFORM_LEAKS": leaks}
    return subprocess.run(command, cwd=EXAMPLE, env=environment, capture_output=True, text=True, check=False)


def test_many_users_and_no_leak() -> None:
    """Isolation strategy: users of the run's own, on two back ends of the run's own."""
    done = load("--users", "4", "--requests", "6", "--many", "30")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["leaks"] == 0
    assert isinstance(told["overhead_percent"], float)
    assert "4 users x 6 requests each way, 0 leaks" in told["summary"]
    assert "30 open WebSockets, a run each: 0 heard other than their own" in done.stdout


def test_a_leak_is_noticed() -> None:
    """Isolation strategy: as above, but one back end mixes up users who ask at the same time."""
    done = load("--users", "4", "--requests", "6", leaks="request-in-global")
    assert done.returncode == 1, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["leaks"] > 0
