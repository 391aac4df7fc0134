"""Whether the running code serves a request: then what it reads is not yet shown to the user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_serving: Final[ContextVar[bool]] = ContextVar("cellwall_serving", default=False)


def is_serving() -> bool:
    """Whether a service stands between this code and the user."""
    return _serving.get()


@contextmanager
def serving() -> Iterator[None]:
    """Say so for the block, which a sink does around each call of an application."""
    token = _serving.set(True)
    try:
        yield
    finally:
        _serving.reset(token)
