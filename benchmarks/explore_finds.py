"""How many schedules seven planted bugs take: `python -m benchmarks.explore_finds [--quick]`.

Each is searched by plain gather, by each strategy alone, by the whole portfolio, and by simloom and simloop
where they are installed (Python 3.12 or later). A figure is the mean number of schedules until the first
find, with how often it was found of so many searches of at most 400 schedules (2,000 for the systematic
sweep, which is searched once); plain gather is 300 runs on asyncio's own loop in real time. Run it with
PYTHONPATH=src.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import sys
from collections.abc import Sequence
from importlib import import_module
from statistics import mean
from typing import Any

from benchmarks.held_out_bugs import HELD_OUT
from benchmarks.planted_bugs import BUGS, Bug, Users
from cellwall.explore import explore
from cellwall.explore.strategies.alignment import Alignment
from cellwall.explore.strategies.delay_sweep import DelaySweep
from cellwall.explore.strategies.pct import Pct
from cellwall.explore.strategies.random_walk import RandomWalk
from cellwall.explore.strategies.sampling import PartialOrderSampling
from cellwall.explore.strategies.strategy import Strategy

MOST, SYSTEMATIC, GATHERS = 400, 2000, 300


def scenario_of(users: Users) -> Any:
    """Give the explorer's scenario: every user a handler."""

    async def scenario(run: Any) -> None:
        coroutines = users()
        run.begin()
        for number, coroutine in enumerate(coroutines):
            run.handler(f"user{number}", coroutine)
        await run.all()

    return scenario


def by_gather(users: Users) -> int | None:
    """Give in which of GATHERS runs on asyncio's own loop it showed."""

    async def together() -> None:
        await asyncio.gather(*users())

    for number in range(1, GATHERS + 1):
        try:
            asyncio.run(together())
        except AssertionError:
            return number
    return None


def by_strategies(
    users: Users, strategies: Sequence[Strategy] | None, seed: int, most: int, *, amplify: bool = False
) -> int | None:
    """Give in which schedule it was found, without the plain run that is always made first and twice."""
    found = explore(
        scenario_of(users),
        schedules=most + 2,
        strategies=strategies,
        cancel=False,
        seed=seed,
        amplify=amplify,
    )
    for failure in found.failures or found.conditional:
        return max(1, failure.found_at - 2)
    return None


def by_simloom(users: Users, seed: int) -> int | None:
    """Give in which of simloom's runs it was found."""
    simloom = import_module("simloom")

    async def together() -> None:
        await asyncio.gather(*users())

    for number in range(MOST):
        if simloom.explore(together, runs=1, start_seed=seed * 10_000 + number).failures:
            return number + 1
    return None


def by_simloop(users: Users, seed: int) -> int | None:
    """Give in which of simloop's runs it was found."""
    simloop = import_module("simloop")

    async def together() -> None:
        await asyncio.gather(*users())

    for number in range(MOST):
        if simloop.explore(together, [seed * 10_000 + number]) is not None:
            return number + 1
    return None


def said(finds: Sequence[int | None]) -> str:
    """Give the mean of what was found, with how often."""
    found = [find for find in finds if find is not None]
    if not found:
        return f"0/{len(finds)}" if len(finds) > 1 else "never"
    much = f"{mean(found):.1f}" if len(finds) > 1 else str(found[0])
    return much if len(found) == len(finds) else f"{much} ({len(found)}/{len(finds)})"


def row(bug: Bug, repeats: int, peers: Sequence[str]) -> list[str]:
    """Search one bug by everything."""
    seeds = range(repeats)
    explored = bug.amplified or bug.users
    amplify = bug.amplified is not None
    search = lambda made, seed, most: by_strategies(explored, made, seed, most, amplify=amplify)  # noqa: E731
    cells = [
        said([by_gather(bug.users)]),
        said([search([RandomWalk(seed * 10_000)], seed * 10_000, MOST) for seed in seeds]),
        said([search([PartialOrderSampling(seed * 10_000)], seed * 10_000, MOST) for seed in seeds]),
        said([search([Alignment(seed * 10_000)], seed * 10_000, MOST) for seed in seeds]),
        said([search([Pct(seed * 10_000)], seed * 10_000, MOST) for seed in seeds]),
        said([search([DelaySweep(2)], 0, SYSTEMATIC)]),
        said([search(None, seed * 10_000, MOST) for seed in seeds]),
    ]
    few = range(min(repeats, 10))
    if "simloom" in peers:
        cells.append(said([by_simloom(bug.users, seed) for seed in few]))
    if "simloop" in peers:
        cells.append(said([by_simloop(bug.users, seed) for seed in few]))
    return [bug.name, *cells]


def main() -> int:
    """Print the table; exit 1 when the portfolio missed a bug."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two searches instead of twenty")
    parser.add_argument("--held-out", action="store_true", help="the bugs that nothing was tuned on")
    parser.add_argument("--bug", help="only those whose name has this in it")
    options = parser.parse_args()
    peers = []
    for name in ("simloom", "simloop"):
        try:
            import_module(name)
            peers.append(name)
        except ImportError:
            print(f"{name} is not installed for this Python")
    print(f"Python {platform.python_version()}")
    heads = [
        "bug",
        f"plain gather x{GATHERS}",
        "random walk",
        "sampling",
        "side by side",
        "pct d=3",
        "delays <= 2",
        "portfolio",
        *peers,
    ]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    missed = 0
    for bug in HELD_OUT if options.held_out else BUGS:
        if options.bug and options.bug not in bug.name:
            continue
        cells = row(bug, 2 if options.quick else 20, peers)
        missed += cells[7].startswith(("0/", "never"))
        print("| " + " | ".join(cells) + " |", flush=True)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
