"""The time of one file: work and waiting are ended, once more is once, and who swallows it is ended too."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from cellwall.check.time_limit import TooSlow, limit, limited, signal_taken


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

    before = signal.getsignal(signal.SIGVTALRM)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [before]
