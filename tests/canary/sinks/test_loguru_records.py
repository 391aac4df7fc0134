"""loguru's records are seen with extra fields and exceptions."""

import pytest
from loguru import logger

from cellwall.canary import CanaryBook, Watch, viewing
from cellwall.canary.sinks.loguru_records import LoguruSink

book = CanaryBook(7)
ALICE, BOB = book.issue("alice").value, book.issue("bob").value


@pytest.mark.parametrize("part", ["message", "field", "exception"])
def test_a_record_that_mixes_two_users_is_a_leak(part: str) -> None:
    logger.remove()
    with Watch(book, [LoguruSink()]) as watch, viewing("bob"):
        if part == "message":
            logger.info("{} paid for {}", BOB, ALICE)
        elif part == "field":
            logger.bind(user=ALICE).info("order of {}", BOB)
        else:
            logger.opt(exception=ValueError(ALICE)).info(BOB)
        logger.info("own: {}", BOB)
    (seen,) = watch.sightings
    assert (seen.sink, seen.owner, seen.viewer) == ("loguru", "alice", "bob")
    assert watch.hints == []
