"""The stress script runs as it says, and repeats by the command that it prints."""

import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "scripts/stress.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)


def test_a_run_can_be_repeated() -> None:
    first = run("--users", "4", "--requests", "4", "--place", "guard-sqlite")
    assert first.returncode == 0, first.stdout + first.stderr
    repeat = shlex.split(first.stdout.splitlines()[0].removeprefix("repeat: python scripts/stress.py"))
    assert repeat[-2] == "--seed"
    second = run(*repeat)
    assert second.stdout.splitlines()[0] == first.stdout.splitlines()[0]
    for done in (first, second):
        assert "4 users x 4 requests" in done.stdout
        assert "leaks {} []; errors {}; survivors {}" in done.stdout
