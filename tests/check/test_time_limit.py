"""The time of one file: work and waiting are ended, once more is once, and who swallows it is ended too."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from cellwall.check.time_limit import TooSlow, each_limited, limit, limited, signal_taken


@pytest.fixture
def own_clock() -> Iterator[None]:
    """Take the clock's timer from the test runner's own limit, and give it back."""
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    yield
    signal.setitimer(signal.ITIMER_REAL, left)


def work() -> None:
    while True:
        pass


def test_work_is_ended() -> None:
    with pytest.raises(TooSlow), limited(0.01):
        work()
    assert limit() is None


def test_waiting_is_ended_too(own_clock: None) -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(TooSlow), limited(0.01):
        time.sleep(600)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_somebody_else_s_clock_is_left_alone() -> None:
    signal.setitimer(signal.ITIMER_REAL, 500)
    with limited(0.01):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 400
    assert signal.getitimer(signal.ITIMER_REAL)[0] > 400


def test_the_time_is_given_once_more_and_not_twice() -> None:
    with limited(0.01):
        now = limit()
        assert now is not None
        for more in (True, False):
            with pytest.raises(TooSlow):
                work()
            assert now.once_more() is more
        assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)


def test_a_rule_that_swallows_its_end_for_ever_ends_the_process_and_is_named() -> None:
    program = (
        "import signal\n"
        "from cellwall.check.rules.shared_session import SharedSession\n"
        "from cellwall.check.time_limit import limit, limited\n"
        "with limited(100):\n"
        "    limit().path, limit().rule = 'a.py', SharedSession()\n"
        "    for time in range(99):\n"
        "        try:\n"
        "            signal.raise_signal(signal.SIGVTALRM)\n"
        "        except BaseException:\n"
        "            print(time)\n"
    )
    command = [sys.executable, "-u", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
    assert done.stdout.split() == [str(time) for time in range(10)]
    assert done.returncode == 2
    assert (
        done.stderr
        == "cellwall check: a.py: the rule CW103 shared-session does not stop when its time is over\n"
    )


def test_many_limits_take_the_signal_once_and_give_it_back() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with signal_taken():
        taken = signal.getsignal(signal.SIGVTALRM)
        for _ in range(2):
            with pytest.raises(TooSlow), limited(0.01):
                work()
            assert signal.getsignal(signal.SIGVTALRM) is taken is not before
            assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert signal.getsignal(signal.SIGVTALRM) is before


def test_other_threads_take_nothing() -> None:
    seen: list[object] = []

    def run() -> None:
        with signal_taken(), limited(0.01):
            seen.append(signal.getsignal(signal.SIGVTALRM))
        with each_limited(0.01) as steps:
            seen.append(steps.in_force)

    before = signal.getsignal(signal.SIGVTALRM)
    for more in (nullcontext(), each_limited(1_000)):
        with more:
            now = signal.getsignal(signal.SIGVTALRM)
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
            assert seen == [now, False]
            seen.clear()
    assert signal.getsignal(signal.SIGVTALRM) is before


def test_a_step_that_takes_too_long_is_ended_and_the_next_is_not() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with each_limited(0.01) as steps:
        for _ in range(2):
            with pytest.raises(TooSlow), steps:
                work()
        with steps:
            pass
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert signal.getsignal(signal.SIGVTALRM) is before


def test_many_steps_that_take_long_together_are_not_ended() -> None:
    with each_limited(1_000) as steps:
        for _ in range(5):
            with steps:
                signal.raise_signal(signal.SIGVTALRM)
            signal.raise_signal(signal.SIGVTALRM)
            signal.raise_signal(signal.SIGVTALRM)
        with pytest.raises(TooSlow), steps:
            signal.raise_signal(signal.SIGVTALRM)
            signal.raise_signal(signal.SIGVTALRM)


def test_a_step_that_waits_is_ended_too_and_work_and_waiting_are_not_added_up(own_clock: None) -> None:
    with each_limited(1_000) as steps:
        with steps:
            signal.raise_signal(signal.SIGVTALRM)
            signal.raise_signal(signal.SIGALRM)
        with pytest.raises(TooSlow), steps:
            signal.raise_signal(signal.SIGALRM)
            signal.raise_signal(signal.SIGALRM)
    with pytest.raises(TooSlow), each_limited(0.01) as steps, steps:
        time.sleep(600)


def test_steps_inside_of_steps_are_theirs_and_inside_of_a_limit_are_not_in_force() -> None:
    with each_limited(1_000) as outer:
        with each_limited(1) as inner:
            assert inner is outer
        assert outer.in_force
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[1] == 1_000
    with limited(1_000), each_limited(1) as steps:
        assert not steps.in_force
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 1
    assert not outer.in_force
