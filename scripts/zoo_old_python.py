"""Sweeps the cancellations of a one-user test, run as many users, on a Python too old for the explorer.

The explorer's own strategy chooses the runs; a process of that Python (tests/zoo/old_python.py) makes them,
with real sockets on loopback and virtual time. Prints one line of JSON: the verdict and what was covered.

Run: python scripts/zoo_old_python.py PYTHON TEST_FOLDER [--users 3]     (packages by PYTHONPATH)
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from cellwall.explore import Outcome, Schedule
from cellwall.explore.outcome import Handler
from cellwall.explore.strategies.cancellation_sweep import CancellationSweep
from cellwall.explore.strategies.strategy import Plan

CHILD: Final = Path(__file__).resolve().parents[1] / "tests/zoo/old_python.py"
REPLAYS: Final = 3


class OldPython:
    """The process that makes runs."""

    def __init__(self, python: str, folder: Path, users: int) -> None:
        paths = [str(folder), str(CHILD.parent), os.environ.get("PYTHONPATH", "")]
        self._child = subprocess.Popen(
            [python, "-W", "ignore", CHILD, str(users)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)},
        )

    def run(self, plan: Plan) -> Outcome:
        """Make one run; raises RuntimeError when the process ends."""
        cancel = [[each.lane, each.step, each.late] for each in plan.cancellations]
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(cancel[0] if cancel else None) + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError(f"the process ended with {self._child.wait()}")
        return outcome_of(json.loads(line), plan)

    def close(self) -> None:
        """End the process."""
        with self._child:  # closes its pipes, and waits for its end
            pass


def outcome_of(told: dict[str, Any], plan: Plan) -> Outcome:
    """Give what the process told as the explorer's own value."""
    handlers = told.get("handlers", {})
    failure, kind = failure_of(handlers) if "stuck" not in told else ("every task waits", "interference")
    return Outcome(
        result=None,
        error=None,
        failure=failure,
        kind=kind,
        schedule=Schedule((), plan.cancellations),
        trace=(told.get("trace", ""),),
        handlers={
            name: Handler(None, None, 0, each["steps"], each["struck"]) for name, each in handlers.items()
        },
        struck=tuple((each, False) for each in plan.cancellations),
        choices=0,
        uncontrolled=("real sockets on loopback",),
    )


def failure_of(handlers: dict[str, dict[str, Any]]) -> tuple[str | None, str]:
    """Say who failed that was not cancelled: by another's value, or otherwise."""
    failed = {name: each for name, each in handlers.items() if each["error"] and not each["struck"]}
    for name, each in failed.items():
        if each["seen"]:
            return f"{name} saw what is {' and '.join(each['seen'])}'s own", "leak"
    return next(((f"{name}: {each['error']}", "interference") for name, each in failed.items()), (None, ""))


def sweep(process: OldPython) -> dict[str, Any]:
    """Make the plain run twice and every cancellation; give the verdict."""
    begun, strategy, runs = time.monotonic(), CancellationSweep(), 0
    others: dict[str, None] = {}
    repeats = process.run(Plan()).trace == process.run(Plan()).trace
    while (plan := strategy.plan()) is not None:
        outcome = process.run(plan)
        runs += 1
        if outcome.kind == "leak":
            again = [process.run(plan) for _ in range(REPLAYS)]
            alike = sum((each.failure, each.trace) == (outcome.failure, outcome.trace) for each in again)
            text = f"LEAK: {outcome.failure}; schedule {plan.cancellations[0]}, again in {alike} of {REPLAYS}"
            return {"verdict": "leak", "text": text, "runs": runs, "seconds": time.monotonic() - begun}
        if outcome.failed:
            others[f"{outcome.failure} ({plan.cancellations[0] if plan.cancellations else 'plain'})"] = None
        strategy.learn(outcome)
    return {
        "verdict": "interference" if others else "passed",
        "text": "; ".join(others),
        "runs": runs,
        "swept": strategy.swept,
        "points": strategy.points,
        "repeats": repeats,
        "seconds": time.monotonic() - begun,
        "not_covered": ["delays and other orders; sockets are real"],
    }


def main() -> int:
    """Print the verdict; 0 when nothing was found, 1 for a leak, 3 for anything else that failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("python")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--users", type=int, default=3)
    options = parser.parse_args()
    process = OldPython(options.python, options.folder, options.users)
    try:
        found = sweep(process)
    finally:
        process.close()
    print(json.dumps(found))
    return {"passed": 0, "leak": 1}.get(found["verdict"], 3)


if __name__ == "__main__":
    sys.exit(main())
