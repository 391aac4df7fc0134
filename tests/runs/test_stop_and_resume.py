"""Stopped or killed anywhere, a run resumes to the same tree, with nothing applied twice."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cellwall.migrate.criteria.exit_code import RESUMABLE, exit_code
from cellwall.migrate.options import RunOptions

ROOT = Path(__file__).parents[2]
QUICK = ["--no-validate-continuously", "--no-validate-after-update"]
FAST = RunOptions(agents=3, validate_continuously=False, validate_after_update=False)


class Killed(BaseException):
    """Stands for a kill inside this process: nothing after it runs but clean-up of the test's own."""


@pytest.mark.parametrize(
    ("window", "nth"),
    [
        ("patch written", 1),
        ("patch written", 3),
        ("verdict journalled", 2),
        ("verdict journalled", 7),
        ("ref moved", 1),
        ("ref moved", 3),
        ("event appended", 3),  # the first two belong to the planning, after which a run can be resumed
        ("event appended", 17),
    ],
)
def test_a_run_cut_inside_a_window_resumes_to_the_same_tree(
    shop: Any, ran: Any, window: str, nth: int
) -> None:
    seen = 0

    def cut(name: str) -> None:
        nonlocal seen
        seen += name == window
        if name == window and seen == nth:
            raise Killed

    with pytest.raises(BaseException):  # noqa: B017  whatever the cut becomes on its way out
        shop.run(FAST, window=cut)
    state = shop.resume()
    assert state.finished
    items = shop.git(
        "log", "--format=%(trailers:key=Cellwall-Item,valueonly)", f"main..{state.started.branch}"
    ).split()
    assert len(items) == len(set(items))
    assert shop.tree(state) == ran.tree


def test_signals_stop_in_order(shop: Any) -> None:
    command = [sys.executable, "-m", "cellwall", "run", "RENOVATION_PLAN.md", "--repo", ".", "--json", *QUICK]
    process = subprocess.Popen(
        command, cwd=shop.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    runs = shop.root / ".git/cellwall/runs"
    while not list(runs.glob("*/patches/*")) and process.poll() is None:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3, err
    assert json.loads(out)["stopped"] == "stopped by SIGTERM"
    assert shop.git("worktree", "list", "--porcelain").count("worktree ") == 1
    assert shop.resume().finished


def test_the_time_limit_stops_in_order(shop: Any) -> None:
    state = shop.run(RunOptions(agents=1, timeout=0.3))
    assert "time limit" in state.stopped
    assert exit_code(state) == RESUMABLE
    assert shop.git("worktree", "list", "--porcelain").count("worktree ") == 1
    assert not (shop.root / ".git/cellwall/lock.sqlite3").exists()


@pytest.mark.timeout(900)
def test_seeded_kills(tmp_path: Path) -> None:
    sweep = [str(ROOT / "scripts/kill_sweep.py"), "--kills", "10", "--seed", "7", "--jobs", "2"]
    done = subprocess.run(
        [sys.executable, *sweep],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["compared"] == 10
