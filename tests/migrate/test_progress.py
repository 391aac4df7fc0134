import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.migrate import events as e
from cellwall.migrate.fake_run import RunBuilder, halfway, started, whole
from cellwall.migrate.progress import (
    agent_progress,
    pace,
    remaining_seconds,
    status,
    validation_queue,
)
from cellwall.migrate.state import State


def test_the_status_that_a_journal_can_tell() -> None:
    assert status(State()) == "unfinished"
    assert status(halfway().state) == "unfinished"
    assert status(halfway().add(e.RunStopped("SIGINT")).state) == "stopped"
    assert status(halfway().add(e.RunStopped("SIGINT"), e.RunResumed([])).state) == "unfinished"
    assert status(whole().state) == "finished"


def test_an_agents_part_is_counted_in_files() -> None:
    first, second = agent_progress(halfway().state)
    assert (first.name, first.files, first.done, first.refused, first.percent) == (
        "Carts and Baskets",
        3,
        2,
        0,
        66,
    )
    assert (second.files, second.done, second.refused, second.batches) == (3, 2, 2, 2)
    assert not first.working
    assert agent_progress(halfway().judge("a02-b001").state)[1].working


def test_an_agent_with_nothing_to_do_is_done_after_the_survey_only() -> None:
    build = RunBuilder().start()
    assert [agent.percent for agent in agent_progress(build.state)] == [0, 0]
    assert [agent.percent for agent in agent_progress(build.survey().state)] == [100, 100]


def test_a_split_batch_is_represented_by_its_pieces() -> None:
    build = (
        started().plan("a01-b000.1", 1, "tests/cart/test_a.py").plan("a01-b000.2", 1, "tests/cart/test_b.py")
    )
    build.add(e.BatchSplit("a01-b000", ["a01-b000.1", "a01-b000.2"])).merge("a01-b000.1", 1, [])
    first = agent_progress(build.state)[0]
    assert (first.files, first.done) == (3, 1)


def test_the_queue_counts_merged_batches_as_passed() -> None:
    assert validation_queue(halfway().state) == {"waiting": 1, "running": 0, "passed": 1, "refused": 1}
    assert validation_queue(halfway().judge("a02-b001").state)["running"] == 1
    assert validation_queue(whole().state)["passed"] == 4


def test_nothing_is_judged_in_a_run_that_stopped() -> None:
    stopped = halfway().judge("a02-b001").add(e.RunStopped("SIGINT"))
    assert validation_queue(stopped.state) == {"waiting": 1, "running": 0, "passed": 1, "refused": 1}
    assert not any(agent.working for agent in agent_progress(stopped.state))


def test_no_pace_before_something_is_done() -> None:
    assert pace(started().state, 2_000.0) is None
    assert remaining_seconds(started().state, 2_000.0) is None


def test_the_pace_is_files_a_second_of_work() -> None:
    build = halfway()  # 4 files in the 14 seconds since the first agent began, 2 are left
    assert remaining_seconds(build.state, build.now) == pytest.approx(7.0)
    assert remaining_seconds(build.state, build.now + 14) == pytest.approx(
        14.0
    )  # it slows down while it waits


def test_a_pause_does_not_slow_the_pace() -> None:
    build = halfway()
    before = remaining_seconds(build.state, build.now)
    build.now += 50_000
    build.add(e.RunResumed([]), seconds=0)
    assert remaining_seconds(build.state, build.now) == pytest.approx(before, rel=0.2)


def test_a_finished_run_needs_no_more_time() -> None:
    assert remaining_seconds(whole().state, 1e9) == 0


def test_a_dry_run_is_done_with_a_batch_when_its_patch_is_there() -> None:
    build = RunBuilder().start(options={"dry_run": True}).survey().plan("a01-b000", 1, "tests/a.py")
    assert agent_progress(build.state)[0].percent == 0
    assert agent_progress(build.propose("a01-b000", 1, ["tests/a.py"]).state)[0].percent == 100


@given(
    st.lists(st.sampled_from(["merge", "refuse", "propose", "judge", "stop"]), max_size=12), st.floats(0, 1e6)
)
def test_percentages_stay_percentages(steps: list[str], later: float) -> None:
    build = started()
    ids = [("a01-b000", 1), ("a01-b001", 1), ("a02-b000", 2), ("a02-b001", 2)]
    for number, step in enumerate(steps):
        batch, agent = ids[number % 4]
        paths = build.state.batches[batch].paths
        if step == "judge":
            build.judge(batch)
        elif step == "stop":
            build.add(e.RunStopped("x"), e.RunResumed([]))
        else:
            getattr(build, step)(batch, agent, list(paths))
    assert all(0 <= agent.percent <= 100 for agent in agent_progress(build.state))
    left = remaining_seconds(build.state, build.now + later)
    assert left is None or left >= 0
