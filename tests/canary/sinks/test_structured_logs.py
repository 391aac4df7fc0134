"""structlog's events are seen as its processors hand them on, whatever prints them."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from cellwall.canary import CanaryBook, Watch, viewing
from cellwall.canary.sinks.structured_logs import StructlogSink

book = CanaryBook(7)
ALICE, BOB = book.issue("alice").value, book.issue("bob").value


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    structlog.configure(
        processors=[structlog.processors.JSONRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    yield
    structlog.reset_defaults()


def logged(bound: dict[str, Any], event: str) -> Watch:
    with Watch(book, [StructlogSink()]) as watch, viewing("bob"):
        structlog.get_logger().bind(**bound).info(event)
    return watch


def test_a_bound_field_of_another_beside_ones_own_is_a_leak() -> None:
    (seen,) = logged({"user": ALICE}, f"order of {BOB}").sightings
    assert (seen.sink, seen.owner, seen.viewer, seen.where) == ("structlog", "alice", "bob", "structlog info")


def test_ones_own_event_is_none() -> None:
    watch = logged({"user": BOB}, "order")
    assert (watch.sightings, watch.hints) == ([], [])
