"""A signal before the agents began, a terminal that is gone, names that no terminal can show."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "cellwall", "run", "RENOVATION_PLAN.md", "--no-validate-after-update"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_survey_leaves_nothing(shop: Any, number: signal.Signals) -> None:
    process = subprocess.Popen(
        COMMAND, cwd=shop.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    runs = shop.root / ".git/cellwall/runs"
    while not list(runs.glob("*/journal.sqlite3")) and process.poll() is None:
        time.sleep(0.001)
    os.kill(process.pid, number)
    os.kill(process.pid, number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 3, errors
    assert "Traceback" not in errors
    if number.name in errors and "before the agents began" in errors:
        assert not runs.exists()
    assert not (shop.root / ".git/cellwall/lock.sqlite3").exists()
    assert shop.git("worktree", "list", "--porcelain").count("worktree ") == 1


def test_a_run_outlives_its_terminal(shop: Any) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [*COMMAND, "--no-validate-continuously", "--report-interval", "0.1", "--json"],
        cwd=shop.root,
        stdout=subprocess.PIPE,
        stderr=write_end,
        check=False,
    )
    os.close(write_end)
    assert done.returncode == 1
    assert json.loads(done.stdout)["branch"]


def test_file_names_that_are_no_text(shop: Any) -> None:
    odd = Path(os.fsdecode(os.fsencode(shop.root) + b"/checkout/specs/test_\xff.py"))
    odd.write_text("def test_it():\n    assert True\n    (\n")
    (shop.root / "checkout/specs/test_back\\slash.py").write_text("def test_it():\n    assert True\n")
    shop.commit()
    command = [*COMMAND, "--no-validate-continuously"]
    done = subprocess.run(command, cwd=shop.root, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    assert b"test_\\udcff.py" in done.stdout
