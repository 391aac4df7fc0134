"""Log records: what goes to the wrong account is a leak, what one user's flush says of another is none."""

import logging
from typing import Any

import pytest

from cellwall.canary import CanaryBook, Watch, viewing
from cellwall.canary.sinks.log_records import LoggingSink

book = CanaryBook(7)
ALICE, BOB = book.issue("alice").value, book.issue("bob").value
log = logging.getLogger("shop.orders")


def logged(message: str, *args: Any, **options: Any) -> Watch:
    """Give what was seen of one record in Bob's name."""
    with Watch(book, [LoggingSink()]) as watch, viewing("bob"):
        log.warning(message, *args, **options)
    return watch


@pytest.mark.parametrize(
    ("args", "options"),
    [
        ((f"{BOB} paid for %s", ALICE), {}),
        (("paid by %s", BOB), {"extra": {"customer": ALICE}}),
        (("failed for %s", BOB), {"exc_info": ValueError(ALICE)}),
    ],
    ids=["message", "field", "exception"],
)
def test_a_record_that_mixes_two_users_is_a_leak(args: Any, options: Any) -> None:
    (seen,) = logged(*args, **options).sightings
    assert (seen.sink, seen.owner, seen.viewer, seen.where) == (
        "logging",
        "alice",
        "bob",
        "logger shop.orders",
    )


def test_a_record_about_another_alone_is_a_hint() -> None:
    watch = logged("evicted %s", ALICE)
    assert (len(watch.sightings), len(watch.hints)) == (0, 1)


def test_ones_own_records_and_broken_ones_are_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    assert logged("hello %s", BOB).hints == []
    assert logged("hello %s %s", BOB).hints == []
