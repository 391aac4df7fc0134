"""What is printed in a user's name is seen, on both streams, and still printed."""

import sys

import pytest

from cellwall.canary import CanaryBook, Watch, viewing
from cellwall.canary.sinks.standard_output import StandardOutputSink

book = CanaryBook(7)
ALICE, BOB = book.issue("alice").value, book.issue("bob").value


def test_both_streams_are_seen(capsys: pytest.CaptureFixture[str]) -> None:
    with Watch(book, [StandardOutputSink()]) as watch, viewing("bob"):
        print(BOB)  # noqa: T201
        assert watch.hints == []
        print(f"served {ALICE} and {BOB}")  # noqa: T201
        print(ALICE, file=sys.stderr)  # noqa: T201
    assert (watch.sightings, [one.where for one in watch.hints]) == ([], ["stdout", "stderr"])
    assert ALICE in capsys.readouterr().out
