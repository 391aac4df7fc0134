"""The run: a shuffled crowd of requests, so many at once, some of them cancelled."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tests.stress.canary import Ledger
from tests.stress.request import serve, turns
from tests.stress.service import Service
from tests.stress.survivors import Watch, tracebacks_as_text

AT_ONCE = 50


@dataclass
class Report:
    """What a run saw. `errors` are those of requests that nobody cancelled."""

    seed: int
    users: int
    requests: int
    done: int = 0
    cancelled: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    ledger: Ledger = field(default_factory=Ledger)
    survivors: dict[str, list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"{self.users} users x {self.requests} requests: {self.done} done, {self.cancelled} cancelled; "
            f"seen {dict(self.ledger.seen)}; leaks {dict(self.ledger.leaks)} {self.ledger.examples}; "
            f"errors {dict(self.errors)}; survivors {self.survivors}; seed {self.seed}"
        )


def fresh_seed() -> int:
    """Give a seed that nobody chose."""
    return secrets.randbelow(2**32)


async def stress(
    service: Service,
    *,
    users: int,
    requests: int,
    seed: int,
    at_once: int | None = None,
    cancelled: float = 0.1,
    watch: Watch | None = None,
) -> Report:
    """Serve `requests` of each of `users` in a random order, `at_once` side by side, then close the service.

    By default as many at once as there are users, 50 at most: few of them are then of the same user.
    Of the share `cancelled`, one half ends at a pause of its own, the other after a random time.
    """
    run = _Run(service, Random(seed), cancelled / 2, Report(seed, users, requests), watch or Watch())
    names = [f"user-{number}" for number in range(users)]
    tokens = {name: service.sign_in(name) for name in names}
    for name in names:
        await service.connect(name)
    order = [(tokens[name], number) for name in names for number in range(requests)]
    run.random.shuffle(order)
    queue = iter(order)
    with run.watch.destroyed_tasks():
        try:
            with tracebacks_as_text():
                await asyncio.gather(*(run.work(queue) for _ in range(at_once or min(users, AT_ONCE))))
            await asyncio.sleep(0.1)  # the last frames are on their way
            for name in names:
                run.report.ledger.saw("frames", name, service.frames[name].frames)
                run.report.ledger.saw("far frames", name, service.far_frames[name].frames)
        finally:
            await service.close()
        run.report.survivors = await run.watch.survivors()
    return run.report


@dataclass
class _Run:
    service: Service
    random: Random
    share: float
    report: Report
    watch: Watch

    async def work(self, queue: Iterator[tuple[str, int]]) -> None:
        """Serve one request after another, each in a task of its own."""
        for token, number in queue:
            task = asyncio.create_task(self._request(token, number))
            timer = self._timer(task) if self.random.random() < self.share else None
            await asyncio.wait({task})
            if timer is not None:
                timer.cancel()
            self._count(task)

    def _timer(self, task: asyncio.Task[None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(self.random.random() * 0.02, task.cancel)

    async def _request(self, token: str, number: int) -> None:
        task = asyncio.current_task()
        assert task is not None
        pause = turns(self.random, task.cancel, self.share)
        await serve(self.service, token, number, pause=pause, ledger=self.report.ledger, watch=self.watch)

    def _count(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            self.report.cancelled += 1
        elif error := task.exception():
            self.report.errors[f"{type(error).__name__}: {str(error)[:200]}"] += 1
        else:
            self.report.done += 1
