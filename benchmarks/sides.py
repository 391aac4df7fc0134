"""Sides of a ratio in processes of their own, which take turns at short rounds of calls.

In one process the sides disturb each other: Python adapts its bytecode to the classes that it meets, a
service meets one kind of session, and a process that measures two meets both. Where things lie in memory, and
how names are hashed, changes a process by one to two percent for its whole life, more than the calls in it
differ. So many sets of fresh processes are measured with few calls each, and `benchmarks.centre` finds what
their ratios lie around.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from statistics import median, quantiles
from types import TracebackType

from benchmarks.centre import ENOUGH, centre

Call = Callable[[], Awaitable[None]]
WARM = 60  # calls before the first that is measured
CALLS = 20  # of each side in a turn


class Side(AbstractContextManager["Side"]):
    """One process that serves calls, with a hash seed of its own: `python -m MODULE --side ARGUMENT ...`."""

    def __init__(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, "--side", *arguments]
        environment = os.environ | {"PYTHONHASHSEED": "random"}  # one that is set would be the same for all
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def run(self, work: str, calls: int) -> list[float]:
        """Let it make so many calls; give the seconds of processor time of each."""
        return [float(each) for each in self.ask([work, calls])]

    def ask(self, question: list[object]) -> list[float]:
        """Send one line, and give the answer.

        Raises:
            RuntimeError: the process has ended; what it said stands on its standard error.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a side of the benchmark has ended: {self._process.args}")
        answer: list[float] = json.loads(line)
        return answer

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self._process.communicate()


async def serve(works: Mapping[str, Call]) -> None:
    """Be a side: answer each line of standard input, `["work", calls]` or `["watch", pid]`.

    What is watched, such as a server's process for this side's connection, counts as its own time.
    """
    watched: list[Path] = []

    def spent() -> float:
        return time.process_time() + sum(int(path.read_text().split()[0]) for path in watched) / 1e9

    while line := await asyncio.to_thread(sys.stdin.readline):
        work, number = json.loads(line)
        times: list[float] = []
        if work == "watch":
            watched.append(Path(f"/proc/{number}/schedstat"))
        else:
            for _ in range(number):
                start = spent()
                await works[work]()
                times.append(spent() - start)
        print(json.dumps(times), flush=True)


Start = Callable[[str], Side]


def taking_turns(
    names: Iterable[str],
    works: Iterable[str],
    start: Start,
    *,
    sets: int,
    turns: int,
    ready: Callable[[dict[str, Side]], None] | None = None,
) -> dict[str, list[dict[str, float]]]:
    """Give for each work, for each set of processes, the processor time of a call by side.

    It is the first decile: whatever else runs on the machine takes caches and cores away, and only adds.
    Who starts first changes from set to set, and who runs first from turn to turn.
    """
    names, works = list(names), list(works)
    found: dict[str, list[dict[str, float]]] = {work: [] for work in works}
    for _ in range(sets):
        names.reverse()
        with ExitStack() as running:
            sides = {name: running.enter_context(start(name)) for name in names}
            for side in sides.values():
                side.run(works[0], 1)
            if ready is not None:
                ready(sides)
            for work in works:
                found[work].append(_one_work(sides, work, turns))
    return found


def _one_work(sides: dict[str, Side], work: str, turns: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in sides}
    for side in sides.values():
        side.run(work, WARM)
    for turn in range(turns):
        for name in list(sides) if turn % 2 else reversed(sides):
            times[name] += sides[name].run(work, CALLS)
    return {name: quantiles(values, n=10)[0] for name, values in times.items()}


def ratio(sets: list[dict[str, float]], top: str, bottom: str) -> tuple[float, str]:
    """Give what the sets' ratios lie around, and what to say of it: between what, with 95% confidence."""
    each = [math.log(times[top] / times[bottom]) for times in sets]
    value, low, high = map(math.exp, centre(each))
    micro = [1e6 * median(times[name] for times in sets) for name in (bottom, top)]
    sure = f"95%: {low:.3f} to {high:.3f}; " if len(sets) >= ENOUGH else ""
    sure += f"{len(sets)} sets: {math.exp(min(each)):.3f} to {math.exp(max(each)):.3f}"
    return value, f"{micro[0]:.0f} -> {micro[1]:.0f} us a request; {sure}"
