"""The plain loop: an alarm ends a run wherever it strikes, and who waits is told of idleness once."""

import asyncio

import pytest

from cellwall.testing.many_users.plain_loop import PlainLoop, PlainRun
from cellwall.testing.many_users.result import RunResult
from cellwall.testing.many_users.running import Run, Scenario, Tried


def run(scenario: Scenario) -> RunResult:
    loop = PlainLoop()
    try:
        return loop.again(scenario, Tried(RunResult(), 0, ""))
    finally:
        loop.close()


def test_an_alarm_between_two_steps_ends_the_run() -> None:
    """asyncio takes what is raised there for a failure of the callback: it tells of it, and goes on."""
    ended = []

    async def spin() -> None:
        try:
            while True:  # noqa: ASYNC110  # that it comes round and round is the point
                await asyncio.sleep(0)
        finally:
            ended.append(1)

    async def scenario(run: Run) -> RunResult:
        run.handler("u1", spin())
        asyncio.get_running_loop().call_soon(pytest.fail, "Timeout (>1.0s) from pytest-timeout.")
        await spin()
        return RunResult()

    with pytest.raises(pytest.fail.Exception, match="Timeout"):
        run(scenario)
    assert ended == [1, 1]


def test_a_task_whose_step_the_alarm_took_is_ended_too() -> None:
    ended = []

    async def lost() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.append(1)
            await asyncio.sleep(0)

    class Stubborn(asyncio.Task[None]):
        def cancel(self, msg: object = None) -> bool:  # as a task that the loop has forgotten
            return True

    async def scenario(run: Run) -> RunResult:
        loop = asyncio.get_running_loop()
        task = Stubborn(lost(), loop=loop)
        await asyncio.sleep(0)
        loop.call_soon(pytest.fail, "Timeout")
        await task
        return RunResult()

    with pytest.raises(pytest.fail.Exception, match="Timeout"):
        run(scenario)
    assert ended == [1]


def test_an_ordinary_failure_of_a_callback_is_told_and_no_more(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(run: Run) -> RunResult:
        asyncio.get_running_loop().call_soon(int, "x")
        await asyncio.sleep(0)
        return RunResult(["u1"])

    assert run(scenario).users == ["u1"]
    assert "invalid literal" in caplog.text


def test_a_callback_that_asks_a_cancelled_future_is_only_told_of(caplog: pytest.LogCaptureFixture) -> None:
    """A cancellation is no `Exception` either, but no alarm."""

    async def scenario(run: Run) -> RunResult:
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        future.cancel()
        loop.call_soon(future.result)
        await asyncio.sleep(0)
        return RunResult(["u1"])

    assert run(scenario).users == ["u1"]
    assert "CancelledError" in caplog.text


@pytest.mark.parametrize("waits", [False, True])
def test_idle_is_when_everything_waits(waits: bool) -> None:
    told: list[int] = []

    async def scenario(run: Run) -> RunResult:
        assert isinstance(run, PlainRun)
        run.when_idle(lambda: told.append(len(steps)))
        steps = []
        for number in range(5):
            steps.append(number)
            await asyncio.sleep(0)
        if waits:
            await asyncio.sleep(0.01)
        steps.append(5)
        return RunResult()

    run(scenario)
    assert told == ([5] if waits else [])
