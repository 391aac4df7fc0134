"""What running a test as many users costs: `python -m benchmarks.testing [--quick] [--all]`.

Costs are the process's own CPU time; only the I/O-bound suite is timed by the clock: waiting is what it does.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from math import comb
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from benchmarks import canary, sharing
from benchmarks.ratio import Row
from cellwall.testing.many_users.own_values import watching_item

USERS = 10
INI = "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
ONE = """
import asyncio, pytest
@pytest.fixture
def first(user_context): return [user_context]
@pytest.fixture
async def second(first): yield [first]
@pytest.fixture
def third(second):
    yield [second]
async def test_it(first, second, third):
    await asyncio.sleep(0)
"""
WAITING = "import asyncio, pytest\n" + "".join(
    f"async def test_{number}(user_context):\n    for _ in range(4): await asyncio.sleep(0.05)\n"
    for number in range(10)
)
PLAIN = "import pytest\n" + "".join(f"def test_{number}(): pass\n" for number in range(1000))


class Repeating:
    """A pytest plugin that makes run after run of the one item, and keeps what each cost in seconds."""

    def __init__(self, runs: int) -> None:
        self.runs = runs
        self.costs: list[float] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: Any) -> Generator[None, object, object]:
        """Make the runs before the item's own."""
        run = item.runtest.__self__
        make = run._with(USERS, lambda _: None)
        with watching_item():  # as an item does, once for all its runs
            for turn in range(self.runs):
                begin = time.process_time()
                run._interleaver.run(lambda _, turn=turn: make(turn), run._settings)
                self.costs.append(time.process_time() - begin)
        return (yield)


def repetition(quick: bool) -> Row:
    """Measure one run of ten users with three fixtures each, beyond the bodies."""
    repeating = Repeating(50 if quick else 400)
    with _suite(ONE) as folder:
        arguments = [
            "-q",
            "--concurrent-users",
            str(USERS),
            "--no-isolation-probes",
            "--rootdir",
            folder,
            folder,
        ]
        code = pytest.main([*arguments, "-p", "no:cacheprovider", "--no-header"], plugins=[repeating])
    if code:
        raise RuntimeError(f"the suite ended with {code}")
    bodies = median(_bodies() for _ in range(len(repeating.costs)))
    cost = (median(repeating.costs) - bodies) * 1000
    return Row("one run, 10 users, 3 fixtures each, beyond the bodies", cost, "ms", "<= 0.5", cost <= 0.5)


def _bodies() -> float:
    async def together() -> float:
        begin = time.process_time()
        await asyncio.gather(*(asyncio.sleep(0) for _ in range(USERS)))
        return time.process_time() - begin

    return asyncio.run(together())


def idle(quick: bool) -> Row:
    """Measure a suite that asks for nothing, with the plugin and without, as pairs of runs side by side.

    Both sides have their bytecode, as what is installed has; it is kept apart, whatever the caller's
    environment says of it. The median of the pairs' ratios is given, with its confidence interval.
    """
    with _suite(PLAIN) as folder, tempfile.TemporaryDirectory(prefix="cellwall-bytecode-") as bytecode:
        base = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        sides = {"with": [*base, folder], "without": [*base, "-p", "no:cellwall", folder]}
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment = {**kept, "PYTHONPYCACHEPREFIX": bytecode, "PYTHONHASHSEED": "0"}
        for command in sides.values():
            _cpu(command, environment)
        ratios = []
        for turn in range(8 if quick else 40):
            costs = {name: _cpu(sides[name], environment) for name in sorted(sides, reverse=bool(turn % 2))}
            ratios.append((costs["with"] / costs["without"] - 1) * 100)
    percent = median(ratios)
    low, high = median_interval(ratios)
    note = f"processor time; 95% sure of {low:.2f} to {high:.2f}"
    return Row("idle plugin, 1000 tests", percent, "percent", "< 1", percent < 1, note)


def median_interval(values: list[float]) -> tuple[float, float]:
    """Give an interval that holds the median of what the values are drawn from, 19 times of 20 at least.

    By order statistics, for any distribution (Conover, Practical Nonparametric Statistics, 3.2); of fewer
    than six values it is all of them.
    """
    ordered, count = sorted(values), len(values)
    below, cut = 0.0, 0
    while cut < count // 2 and (below := below + comb(count, cut) / 2**count) <= 0.025:
        cut += 1
    cut = max(cut - 1, 0)
    return ordered[cut], ordered[count - 1 - cut]


def waiting(quick: bool) -> Row:
    """Measure a suite that waits, as ten users and as one."""
    with _suite(WAITING) as folder:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder]
        times: dict[str, list[float]] = {"1": [], str(USERS): []}
        for _ in range(2 if quick else 5):
            for users, found in times.items():
                found.append(_clock([*command, "--concurrent-users", users]))
    ratio = median(times[str(USERS)]) / median(times["1"])
    return Row("I/O-bound suite, 10 users to 1", ratio, "x", "<= 2", ratio <= 2)


def measure(quick: bool) -> list[Row]:
    """Measure everything about a run as many users."""
    parts: tuple[Callable[[bool], Row], ...] = (repetition, idle, waiting)
    return [part(quick) for part in parts]


def measure_all(quick: bool) -> list[Row]:
    """Measure that, what canaries cost, and what the walk over shared objects does."""
    return [*measure(quick), *canary.measure(quick), *sharing.measure(quick)]


class _suite:  # noqa: N801  # used as a function is
    def __init__(self, tests: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cellwall-benchmark-")
        root = Path(self._folder.name)
        (root / "pytest.ini").write_text(INI)
        (root / "test_suite.py").write_text(tests)

    def __enter__(self) -> str:
        return self._folder.name

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def _cpu(command: list[str], environment: dict[str, str]) -> float:
    before = os.times()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _clock(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin


def main() -> int:
    """Measure and tell; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--all", action="store_true", help="canaries and shared objects too")
    options = parser.parse_args()
    rows = measure_all(options.quick) if options.all else measure(options.quick)
    for row in rows:
        print(row)
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
