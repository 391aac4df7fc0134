import io

import pytest

from cellwall.migrate.fake_run import halfway
from cellwall.migrate.views.live_dashboard import LiveDashboard, Terminal

ENVIRONMENT = {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "30"}


class Tty(io.StringIO):
    """A terminal that keeps what was drawn."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def terminal(stream: io.StringIO, **environ: str) -> Terminal:
    return Terminal(file=stream, _environ={**ENVIRONMENT, **environ}, force_terminal=True)


def test_it_draws_at_most_ten_times_a_second_and_the_last_state() -> None:
    stream = Tty()
    view = LiveDashboard(terminal(stream))
    build = halfway()
    for step in range(100):
        view.update(build.state, build.now + step / 100)
    assert 8 <= stream.getvalue().count("SHOP TESTS") <= 12
    build.finish()
    view.update(build.state, build.now)
    view.close()
    assert stream.getvalue().rstrip("\x1b[?25h\r\n ").rfind("Estimated completion: finished") > 0


def test_colour_is_used_and_no_color_is_followed() -> None:
    for environ, expected in (({}, True), ({"NO_COLOR": "1"}, False)):
        stream = Tty()
        view = LiveDashboard(terminal(stream, **environ))
        view.update(halfway().state, 0.0)
        view.close()
        assert ("\x1b[36m" in stream.getvalue()) is expected
        assert "SHOP TESTS" in stream.getvalue()


def test_an_ascii_terminal_gets_ascii() -> None:
    class AsciiTty(Tty):
        encoding = "ascii"

    stream = AsciiTty()
    view = LiveDashboard(terminal(stream))
    view.update(halfway().state, 0.0)
    view.close()
    assert stream.getvalue().isascii()
    assert "#####" in stream.getvalue()


def test_a_narrow_terminal_is_not_overrun() -> None:
    stream = Tty()
    view = LiveDashboard(terminal(stream, COLUMNS="50"))
    view.update(halfway().state, 0.0)
    view.close()
    assert "┌" + "─" * 48 + "┐" in stream.getvalue()


@pytest.mark.parametrize("error", [BrokenPipeError(), OSError(5, "the terminal hung up")])
def test_a_terminal_that_goes_away_does_not_stop_the_run(error: OSError) -> None:
    class Gone(Tty):
        broken = False

        def write(self, text: str) -> int:
            if self.broken:
                raise error
            return super().write(text)

    stream = Gone()
    view = LiveDashboard(terminal(stream))
    view.update(halfway().state, 0.0)
    stream.broken = True
    for now in (1.0, 2.0):
        view.update(halfway().state, now)
    view.close()
    view.close()


def test_closing_without_a_state_draws_nothing() -> None:
    stream = Tty()
    LiveDashboard(terminal(stream)).close()
    assert stream.getvalue() == ""
