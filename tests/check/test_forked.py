"""A child answers, fails as the work does, or dies without an answer; none is left behind."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from cellwall.check.forked import depend_on_parent, forked, forked_items


def test_the_answer_is_the_child_s() -> None:
    parent, child = os.getpid(), forked(os.getpid)
    assert child is not None
    assert child != parent


def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(SystemExit, match="three"):
        forked(lambda: sys.exit("three"))


@pytest.mark.parametrize(
    "work",
    [
        lambda: os._exit(0),
        lambda: os.kill(os.getpid(), signal.SIGKILL),
    ],
)
def test_a_child_that_dies_gives_none(work: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    fork, children = os.fork, []

    def noted() -> int:
        children.append(fork())
        return children[-1]

    monkeypatch.setattr(os, "fork", noted)
    assert forked(work) is None
    (child,) = children
    with pytest.raises(ChildProcessError):  # it was waited for; others of this process are not ours
        os.waitpid(child, os.WNOHANG)


def test_what_came_before_a_death_is_known() -> None:
    def items() -> Iterator[int]:
        yield from (1, 2)
        os._exit(0)

    assert forked_items(items) == ([1, 2], False)
    assert forked_items(lambda: [1, 2, 3]) == ([1, 2, 3], True)


def test_an_answer_that_cannot_be_handed_on_is_an_error() -> None:
    with pytest.raises(Exception, match="pickle"):
        forked(lambda: lambda: 0)


def test_who_is_interrupted_leaves_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    waitpid = os.waitpid
    asked = []

    def interrupted(child: int, options: int) -> tuple[int, int]:
        asked.append(child)
        if len(asked) == 1:
            raise KeyboardInterrupt
        return waitpid(child, options)

    monkeypatch.setattr(os, "waitpid", interrupted)
    with pytest.raises(KeyboardInterrupt):
        forked(lambda: time.sleep(600))
    with pytest.raises(ChildProcessError):
        waitpid(asked[0], os.WNOHANG)


def test_what_the_parent_has_not_written_yet_is_written_once(capfd: pytest.CaptureFixture[str]) -> None:
    program = (
        "from cellwall.check.forked import forked\n"
        "print('before')\nforked(lambda: print('within'))\nprint('after')\n"
    )
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", program]) == 0
    assert capfd.readouterr().out.split() == ["before", "within", "after"]


def test_a_child_ends_with_its_parent_even_where_that_is_killed() -> None:
    heard, held = os.pipe()
    child = os.fork()
    if child == 0:
        depend_on_parent(heard, held)
        time.sleep(60)
        os._exit(0)
    os.close(held)  # as the death of the only holder does
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    os.close(heard)
