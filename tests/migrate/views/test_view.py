"""Every view keeps the Protocol's promises: update as often as one likes, close twice."""

import io
from collections.abc import Callable

import pytest

from cellwall.migrate.fake_run import halfway
from cellwall.migrate.views.fake import FakeView
from cellwall.migrate.views.live_dashboard import LiveDashboard, Terminal
from cellwall.migrate.views.status_view import StatusView
from cellwall.migrate.views.view import View


def live() -> View:
    return LiveDashboard(Terminal(file=io.StringIO(), force_terminal=True, _environ={"TERM": "xterm"}))


@pytest.mark.parametrize("make", [FakeView, live, lambda: StatusView(io.StringIO(), 1)])
def test_every_view(make: Callable[[], View], capsys: pytest.CaptureFixture[str]) -> None:
    view, build = make(), halfway()
    for now in (1.0, 1.0, 0.5, 9.0):  # a clock may stand still or be set back
        view.update(build.state, now)
    view.close()
    view.close()
    assert capsys.readouterr().out == ""


def test_the_fake_remembers() -> None:
    view, build = FakeView(), halfway()
    view.update(build.state, 3.0)
    view.close()
    assert (view.times, view.closed) == ([3.0], True)
    assert view.state is not None
