"""A failure replayed alone: in a fresh process it fails alike, or it is told that it does not."""

from pathlib import Path

import pytest

from cellwall.explore import explore
from cellwall.explore.fresh_process import FreshReplay, replay_alone
from cellwall.explore.replay_process import load

SCENARIO = '''
import asyncio

calls = 0


async def race(run):
    state = {}

    async def visit(user, place):
        await asyncio.sleep(0.01 * place)
        state["user"] = user
        await asyncio.sleep(0)
        assert state["user"] == user, f"{user} got {state['user']}"

    run.begin()
    for place, user in enumerate(("alice", "bob", "carol")):
        run.handler(user, visit(user, place))
    await run.all()


async def left_behind(run):
    """Fails only in a process that has run it before."""
    global calls
    calls += 1
    await asyncio.sleep(0)
    assert calls == 1


async def endless(run):
    while True:
        pass


def judge(outcome):
    return f"{outcome.steps} steps"
'''


@pytest.fixture
def module(tmp_path: Path) -> str:
    """Give the path of a module with scenarios."""
    path = tmp_path / "scenarios.py"
    path.write_text(SCENARIO)
    return str(path)


def test_a_failure_is_confirmed_under_any_hash_seed(module: str) -> None:
    [failure] = explore(load(f"{module}:race"), schedules=200).failures
    replays = [
        replay_alone(f"{module}:race", failure.schedule, hash_seed=seed) for seed in ("0", "1", "random")
    ]
    assert all(replay.confirms(failure) for replay in replays), replays
    assert {replay.failure for replay in replays} == {failure.message}


def test_what_needs_earlier_runs_is_not_confirmed(module: str) -> None:
    scenario = load(f"{module}:left_behind")
    [failure] = explore(scenario, schedules=20).failures
    replay = replay_alone(f"{module}:left_behind", failure.schedule)
    assert not replay.confirms(failure)
    assert (replay.failure, replay.trouble) == (None, "")


def test_the_judge_comes_along(module: str) -> None:
    replay = replay_alone(f"{module}:left_behind", "1:py3.11:s0", judge=f"{module}:judge")
    assert replay.kind == "judge"
    assert str(replay.failure).endswith(" steps")


def test_trouble_is_said(module: str) -> None:
    assert "NoSuchName" in replay_alone(f"{module}:NoSuchName", "1:py3.11:s0").trouble
    assert "is no schedule" in replay_alone(f"{module}:race", "nonsense").trouble
    assert replay_alone(f"{module}:endless", "1:py3.11:s0", timeout=3) == FreshReplay(
        None, "", "", "the replay did not end within 3 s"
    )
