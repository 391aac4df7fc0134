"""What an event is, and the one place where it becomes text: once, before any queue, for all its readers."""

from collections.abc import Mapping
from typing import Any

from cellwall.runtime.errors import InvalidEventError
from cellwall.runtime.websocket.json_encoder import to_json

Event = Mapping[str, Any]


def encode_event(event: Event, limit: int) -> str:
    """Give the event as JSON of at most `limit` bytes; later changes of the event do not matter.

    Raises:
        InvalidEventError: it is no JSON (a class of its own, a NaN, a circle), or too long.
    """
    try:
        text = to_json(event if type(event) is dict else dict(event))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidEventError(f"the event cannot be sent as JSON: {error}") from error
    if len(text) > limit:
        raise InvalidEventError(f"the event has {len(text)} bytes, at most {limit} are allowed")
    return text
