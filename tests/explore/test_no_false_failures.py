"""Correct handlers on FastAPI, WebSockets, SQLAlchemy and Redis: nothing fails, and every run repeats."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cellwall.explore import controlled, explore
from cellwall.explore.machine import Machine
from cellwall.explore.strategies.random_walk import RandomWalk
from tests.explore.correct_handlers import SCENARIOS

ROOT = Path(__file__).parents[2]
HASHES = """
import json, sys
from tests.explore.test_no_false_failures import hashes
print(json.dumps(hashes(sys.argv[1], int(sys.argv[2]))))
"""


def hashes(name: str, seeds: int) -> list[str]:
    """Give the trace hash of each seed's random walk."""
    machine = Machine(SCENARIOS[name])
    with controlled():
        return [machine.run(RandomWalk(seed).plan()).trace_hash for seed in range(seeds)]


def hashes_elsewhere(name: str, seeds: int, hash_seed: str) -> list[str]:
    """The same from another process with that PYTHONHASHSEED."""
    environment = {
        **os.environ,
        "PYTHONHASHSEED": hash_seed,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }
    done = subprocess.run(
        [sys.executable, "-c", HASHES, name, str(seeds)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_fails(name: str) -> None:
    found = explore(SCENARIOS[name], schedules=60)
    assert found.clean, [failure.message for failure in (*found.failures, *found.unrepeatable)]
    assert not [s for s in found.certificate.not_covered if s.startswith("not controlled")]


@pytest.mark.big
@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_fails_in_a_thousand_schedules(name: str) -> None:
    found = explore(SCENARIOS[name], schedules=1000, seed=1)
    assert found.clean, [failure.message for failure in (*found.failures, *found.unrepeatable)]
    assert found.certificate.runs == 1000


@pytest.mark.big
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_thousand_explorations_report_nothing(name: str) -> None:
    for seed in range(1000):
        found = explore(SCENARIOS[name], schedules=12, seed=seed)
        assert found.clean, (seed, [failure.message for failure in (*found.failures, *found.unrepeatable)])


@pytest.mark.parametrize("name", ["redis"])
def test_another_process_makes_the_same_runs(name: str) -> None:
    assert hashes_elsewhere(name, 10, "1") == hashes(name, 10)


@pytest.mark.big
@pytest.mark.parametrize("name", SCENARIOS)
def test_three_processes_make_the_same_two_hundred_runs(name: str) -> None:
    first, second, third = (hashes_elsewhere(name, 200, hash_seed) for hash_seed in ("0", "1", "4242"))
    assert first == second == third
    assert len(set(first)) > 150
