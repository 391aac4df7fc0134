"""Decides whether a run failed: an exception that is not the consequence of our own cancellation."""

import asyncio
from collections.abc import Mapping
from typing import Any

from cellwall.explore.outcome import Handler

_LONGEST = 300  # characters of a message


def first_failure(
    error: BaseException | None, handlers: Mapping[str, Handler], *, struck: bool
) -> tuple[str, BaseException] | None:
    """Give who failed and with what: the scenario first, then handlers in their order.

    What a handler raises that was cancelled is no failure, nor is a cancellation of anybody in a run that had
    one.
    """
    excused = {id(handler.error) for handler in handlers.values() if handler.cancelled}
    owners = {id(handler.error): name for name, handler in handlers.items()}
    errors = [error, *(handler.error for handler in handlers.values())]
    for raised in errors:
        if raised is None or id(raised) in excused:
            continue
        if not (struck and isinstance(raised, asyncio.CancelledError)):
            return owners.get(id(raised), "the scenario"), raised
    return None


def failure_text(name: str, error: BaseException) -> str:
    """Give the failure in one line."""
    first = next(iter(str(error).splitlines()), "")
    return f"{name}: {type(error).__name__}: {first[:_LONGEST]}"


def failure_kind(error: BaseException) -> str:
    """Give what stays the same while a failing schedule is shrunk."""
    return type(error).__qualname__


def loop_message(context: Mapping[str, Any]) -> str:
    """Give in one line what the loop's exception handler was told."""
    error = context.get("exception")
    said = context.get("message", "the loop was told of an error")
    return f"{said}{f': {error!r}' if error else ''}"[:_LONGEST]
