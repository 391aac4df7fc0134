"""Runs plain functions inside a running event loop as if it were not running, as pytest runs fixtures."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def outside_loop() -> Iterator[None]:
    """Hide the running loop for the block, so that `asyncio.run` works in a fixture that is no coroutine."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)


def call_outside(function: Callable[[], T]) -> T:
    """Call the function with the running loop hidden."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return function()
    finally:
        asyncio._set_running_loop(loop)
