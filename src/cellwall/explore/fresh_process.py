"""Replays a schedule alone in a fresh process: a failure that needs earlier runs is told apart."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Final, final

from cellwall.explore.exploration import Failure
from cellwall.explore.replay_mark import MARK
from cellwall.explore.schedule import Schedule

TIMEOUT: Final = 60.0  # s for the whole process


@final
@dataclass(frozen=True, slots=True)
class FreshReplay:
    """What the replay came to: the failure's line or None, its kind, and the trace's hash.

    `trouble` says why there is no result, such as an import that failed; it is empty otherwise.
    """

    failure: str | None
    kind: str
    trace_hash: str
    trouble: str = ""

    def confirms(self, failure: Failure) -> bool:
        """Tell whether it failed alike, in the same order of steps."""
        return (self.kind, self.trace_hash) == (failure.kind, failure.outcome.trace_hash)


def replay_alone(
    scenario: str,
    schedule: Schedule | str,
    *,
    judge: str = "",
    hash_seed: str = "random",
    timeout: float = TIMEOUT,
) -> FreshReplay:
    """Run the scenario once under the schedule in a fresh interpreter with this one's module path.

    `scenario` and `judge` are spelled MODULE:NAME, the module by its name or by its file's path. `hash_seed`
    is the process's PYTHONHASHSEED. What the scenario prints is dropped.
    """
    command = [
        sys.executable,
        "-m",
        "cellwall.explore.replay_process",
        scenario,
        str(schedule),
        "--judge",
        judge,
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONHASHSEED": hash_seed,
    }
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        return FreshReplay(None, "", "", f"the replay did not end within {timeout} s")
    for line in reversed(done.stdout.splitlines()):
        if line.startswith(MARK):
            told = json.loads(line.removeprefix(MARK))
            return FreshReplay(told["failure"], told["kind"], told["trace_hash"])
    last = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode} and said nothing"])[-1]
    return FreshReplay(None, "", "", last[:500])
