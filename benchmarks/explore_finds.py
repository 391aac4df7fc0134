"""How many schedules seven planted bugs take: `python -m benchmarks.explore_finds [--quick]`.

Each is searched by plain gather, by each strategy alone, by the whole portfolio, and by simloom and simloop
where they are installed (Python 3.12 or later). A figure is the mean number of schedules until the first
find, with how often it was found of so many searches of at most 400 schedules (2,000 for the systematic
sweep, which is searched once; at most 10 searches by simloom and simloop); plain gather is 300 runs on
asyncio's own loop in real time. `asked` is what the portfolio has to keep to. `--held-out` searches ten bugs
on which no strategy was tuned. `--jobs 2` searches two bugs at a time, each in a process of its own; that can
change plain gather's column alone, where the machine is busy. Run it with PYTHONPATH=src.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from multiprocessing import get_context
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
PORTFOLIO = "portfolio"


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


def searched(bug: Bug, strategies: Sequence[Strategy] | None, seed: int, most: int = MOST) -> int | None:
    """Search one bug by these strategies, None for the portfolio; amplified where only that shows it."""
    users = bug.amplified or bug.users
    return by_strategies(users, strategies, seed, most, amplify=bug.amplified is not None)


def columns(repeats: int, peers: Sequence[str]) -> dict[str, Callable[[Bug], list[int | None]]]:
    """Give what searches, by its name: for a bug, in which schedule each search found it."""
    seeds, few = range(0, repeats * 10_000, 10_000), range(min(repeats, 10))
    found: dict[str, Callable[[Bug], list[int | None]]] = {
        PORTFOLIO: lambda bug: [searched(bug, None, seed) for seed in seeds],
        f"plain gather x{GATHERS}": lambda bug: [by_gather(bug.users)],
        "random walk": lambda bug: [searched(bug, [RandomWalk(seed)], seed) for seed in seeds],
        "sampling": lambda bug: [searched(bug, [PartialOrderSampling(seed)], seed) for seed in seeds],
        "side by side": lambda bug: [searched(bug, [Alignment(seed)], seed) for seed in seeds],
        "pct d=3": lambda bug: [searched(bug, [Pct(seed)], seed) for seed in seeds],
        "delays <= 2": lambda bug: [searched(bug, [DelaySweep(2)], 0, SYSTEMATIC)],
    }
    if "simloom" in peers:
        found["simloom"] = lambda bug: [by_simloom(bug.users, seed) for seed in few]
    if "simloop" in peers:
        found["simloop"] = lambda bug: [by_simloop(bug.users, seed) for seed in few]
    return found


def within(bug: Bug, finds: Sequence[int | None]) -> bool:
    """Tell whether the bug was found as often, and in as few schedules, as is asked."""
    found = [find for find in finds if find is not None]
    return bool(found) and len(found) >= bug.often * len(finds) and mean(found) <= bug.asked


def finds_of(
    name: str, repeats: int, peers: Sequence[str], *, portfolio: bool
) -> dict[str, list[int | None]]:
    """Search one bug, known by its name, by everything that searches; runs in a process of its own."""
    bug = next(bug for bug in (*BUGS, *HELD_OUT) if bug.name == name)
    searches = columns(repeats, peers)
    return {
        column: search(bug) for column, search in searches.items() if not portfolio or column == PORTFOLIO
    }


def main() -> int:
    """Print the table; exit 1 when the portfolio needed more schedules for a bug than is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two searches instead of twenty")
    parser.add_argument("--portfolio", action="store_true", help="by the portfolio alone")
    parser.add_argument("--held-out", action="store_true", help="the bugs that nothing was tuned on")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="bugs searched at a time")
    parser.add_argument("--bug", help="only those whose name has this in it")
    options = parser.parse_args()
    peers = [] if options.portfolio else [name for name in ("simloom", "simloop") if installed(name)]
    repeats = 2 if options.quick else 20
    names = [PORTFOLIO] if options.portfolio else list(columns(repeats, peers))
    print(f"Python {platform.python_version()}, seeds 0, 10000, ... of at most {MOST} schedules")
    print("| " + " | ".join(["bug", "asked", *names]) + " |\n|" + "---|" * (len(names) + 2), flush=True)
    bugs = [
        bug for bug in (HELD_OUT if options.held_out else BUGS) if not options.bug or options.bug in bug.name
    ]
    search = partial(finds_of, repeats=repeats, peers=peers, portfolio=options.portfolio)
    missed = 0
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        for bug, finds in zip(bugs, pool.map(search, [bug.name for bug in bugs]), strict=True):
            met = options.held_out or within(bug, finds[PORTFOLIO])
            missed += not met
            print(row(bug, finds, met=met), flush=True)
    return int(bool(missed))


def row(bug: Bug, finds: dict[str, list[int | None]], *, met: bool) -> str:
    """Give one bug's line of the table."""
    asked = "-" if bug.asked == MOST and bug.often == 1 else f"{bug.asked:g}{'' if met else ' MISSED'}"
    return "| " + " | ".join([bug.name, asked, *map(said, finds.values())]) + " |"


def installed(name: str) -> bool:
    """Tell whether the peer is installed, and say so where it is not."""
    try:
        import_module(name)
    except ImportError:
        print(f"{name} is not installed for this Python")
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
