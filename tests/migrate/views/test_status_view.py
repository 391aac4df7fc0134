import io

from cellwall.migrate.fake_run import halfway
from cellwall.migrate.state import State
from cellwall.migrate.views.status_view import StatusView


def dot(state: State, now: float) -> str:
    return f"{now:g} "


def test_a_block_at_once_then_every_interval_then_a_last_one() -> None:
    stream = io.StringIO()
    view = StatusView(stream, 60, dot)
    for now in (0, 1, 59, 60, 61, 119, 125, 130):
        view.update(State(), now)
    view.close()
    view.close()
    assert stream.getvalue() == "0 60 125 130 "


def test_a_stream_that_cannot_show_a_character_gets_a_question_mark() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    view = StatusView(stream, 1, lambda state, now: "größe\n")
    view.update(State(), 0.0)
    assert raw.getvalue() == b"gr??e\n"


class Gone(io.StringIO):
    attempts = 0

    def write(self, text: str) -> int:
        self.attempts += 1
        raise BrokenPipeError


def test_a_reader_that_is_gone_does_not_stop_the_run() -> None:
    stream = Gone()
    view = StatusView(stream, 0)
    for now in (1.0, 2.0, 3.0):
        view.update(halfway().state, now)
    view.close()
    assert stream.attempts == 1


def test_a_closed_stream_does_not_stop_the_run() -> None:
    stream = io.StringIO()
    view = StatusView(stream, 0)
    stream.close()
    view.update(halfway().state, 1.0)
    view.close()
