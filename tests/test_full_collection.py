"""What is garbage is gone after a collection, also while another thread is amid one of its own."""

import gc
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from tests.full_collection import collect


class Cycle:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def amid() -> Iterator[threading.Event]:
    """Keep another thread amid a young collection until the event is set."""
    begun, go_on = threading.Event(), threading.Event()

    def wait_inside(phase: str, info: dict[str, Any]) -> None:
        if threading.current_thread() is other and phase == "start":
            begun.set()
            go_on.wait()

    other = threading.Thread(target=gc.collect, args=(0,))
    gc.callbacks.append(wait_inside)
    try:
        other.start()
        begun.wait()
        yield go_on
    finally:
        go_on.set()
        other.join()
        gc.callbacks.remove(wait_inside)


def test_garbage_is_found_however_long_another_thread_collects(amid: threading.Event) -> None:
    gone = weakref.ref(Cycle())
    assert gc.collect() == 0 and gone() is not None, "Python has mended what `collect` is for"
    later = threading.Timer(0.05, amid.set)
    later.start()
    collect()
    assert amid.is_set() and gone() is None
    later.join()


def test_what_is_held_is_kept() -> None:
    held = Cycle()
    reference = weakref.ref(held)
    collect()
    assert reference() is held
