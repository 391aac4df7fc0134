import io

from cellwall.migrate.fake_run import halfway
from cellwall.migrate.views.live_dashboard import LiveDashboard
from cellwall.migrate.views.live_view import live_view


class Tty(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_the_live_dashboard() -> None:
    assert isinstance(live_view(Tty(), 60, {"TERM": "xterm"}), LiveDashboard)


def test_a_dumb_terminal_gets_the_box_in_ascii_every_interval() -> None:
    stream = Tty()
    view = live_view(stream, 60, {"TERM": "dumb"})
    for now in (0.0, 1.0, 61.0):
        view.update(halfway().state, now)
    view.close()
    text = stream.getvalue()
    assert text.isascii()
    assert "\x1b" not in text
    assert text.count("| SHOP TESTS") == 3


def test_a_pipe_gets_blocks_without_a_box() -> None:
    stream = io.StringIO()
    view = live_view(stream, 60)
    view.update(halfway().state, 0.0)
    assert "Agent 1 (Carts): 66%" in stream.getvalue()
    assert "│" not in stream.getvalue()
