"""Drives an open run to its end or to an orderly stop: signals, time limit, the views' clock."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from typing import Any

from cellwall.migrate import events as e
from cellwall.migrate.coordinator import Coordinator
from cellwall.migrate.errors import GitError, StorageError
from cellwall.migrate.fingerprint import fingerprint
from cellwall.migrate.run import Run
from cellwall.migrate.stopping import Stop
from cellwall.migrate.views.view import View

SIGNALS = (signal.SIGINT, signal.SIGTERM)


async def drive(run: Run, view: View, *, refresh: float) -> None:
    """Execute the run; afterwards its journal says whether it finished or why it stopped.

    Args:
        run: the open run.
        view: is shown the state every `refresh` seconds.

    Raises:
        MigrateError: git or the disk failed; what was merged before is on the branch.
    """
    stop: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    ticker = asyncio.create_task(_tick(run, view, refresh))
    work = asyncio.create_task(Coordinator(run).execute())
    try:
        with _signals(stop):
            ends: set[asyncio.Future[Any]] = {work, stop}
            await asyncio.wait(ends, timeout=run.options.timeout, return_when=asyncio.FIRST_COMPLETED)
            await _settle(run, work, stop)
    finally:
        ticker.cancel()
        await asyncio.gather(ticker, return_exceptions=True)
        with contextlib.suppress(OSError):
            view.update(run.record.state, run.record.clock())
            view.close()


async def _settle(run: Run, work: "asyncio.Task[None]", stop: "asyncio.Future[str]") -> None:
    """Record how it ended."""
    if not work.done():
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        reason = stop.result() if stop.done() else f"the time limit of {run.options.timeout:g} s was reached"
        run.record.add(e.RunStopped(reason))
        return
    try:
        work.result()
    except Stop as order:
        run.record.add(e.RunStopped(order.reason))
    except (GitError, StorageError) as error:
        with contextlib.suppress(StorageError):
            run.record.add(e.RunStopped(str(error)))
        raise
    else:
        tree = await asyncio.to_thread(fingerprint, run.repository)
        run.record.add(e.RunFinished(tree, run.tip))


async def _tick(run: Run, view: View, refresh: float) -> None:
    with contextlib.suppress(OSError):  # the terminal is gone: nobody looks any more, and the run goes on
        while True:
            view.update(run.record.state, run.record.clock())
            await asyncio.sleep(refresh)


@contextlib.contextmanager
def _signals(stop: "asyncio.Future[str]") -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def ask(name: str) -> None:
        if not stop.done():
            stop.set_result(f"stopped by {name}")

    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        loop.add_signal_handler(number, ask, number.name)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
