"""What may call in from outside: threads that were started since the reset, whoever has ended meanwhile."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from cellwall.explore.outside import Outside


@contextmanager
def running() -> Iterator[threading.Thread]:
    """A thread that lives as long as the block."""
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        yield thread
    finally:
        end.set()
        thread.join()


def test_a_thread_that_began_since_is_seen_though_another_has_ended() -> None:
    with running() as before:
        outside = Outside()
        assert outside.threads() == []
        with running() as since:
            assert outside.threads() == [since]
    assert not before.is_alive()
    with running() as later:
        assert outside.threads() == [later]
    assert outside.threads() == []
