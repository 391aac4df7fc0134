"""An event and the checks that it passes when it is tracked. Nothing here knows where events are kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, final

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.errors import InvalidEventError
from cellwall.runtime.identity import fresh_id

MAX_NAME_LENGTH: Final = 255
MAX_PROPERTIES_BYTES: Final = 65_536


@final
@dataclass(frozen=True, slots=True)
class AnalyticsEvent:
    """Something that one user did; `at` is in seconds since the epoch, `event_id` is like no other's."""

    name: str
    user_id: str
    session_id: str
    request_id: str
    at: float
    event_id: str
    properties_text: str = "{}"

    @property
    def properties(self) -> Mapping[str, Any]:
        """What was told about the event; decoded for each reader, so that no two share a value."""
        return MappingProxyType(json.loads(self.properties_text))

    @classmethod
    def of(
        cls, context: UserExecutionContext, name: str, properties: Mapping[str, Any], at: float
    ) -> "AnalyticsEvent":
        """Make an event of the user whose request this is.

        Raises:
            InvalidEventError: the name or the properties cannot be kept.
        """
        return cls(
            name=check_name(name),
            user_id=context.user_id,
            session_id=context.session_id,
            request_id=context.request_id,
            at=at,
            event_id=fresh_id(),
            properties_text=properties_text(properties),
        )


def check_name(name: object) -> str:
    """Give the name back.

    Raises:
        InvalidEventError: not text, empty, longer than 255 characters or with unprintable ones.
    """
    text = str.__str__(name) if isinstance(name, str) else ""  # a subclass could answer anything below
    if len(text) > MAX_NAME_LENGTH:
        raise InvalidEventError(
            f"an event's name has {len(text)} characters, at most {MAX_NAME_LENGTH} are allowed"
        )
    if not text.strip() or not text.isprintable():
        raise InvalidEventError("an event's name must be printable text, such as 'page_view'")
    return text


def properties_text(properties: Mapping[str, Any]) -> str:
    """Give the properties as ASCII JSON: a copy that no later change of them can reach.

    Raises:
        InvalidEventError: a value that JSON cannot hold, or more than 64 KiB of them.
    """
    try:
        text = json.dumps(properties, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidEventError(
            f"an event's properties must fit into JSON: {error}; give texts, numbers, lists and mappings"
        ) from None
    if len(text) > MAX_PROPERTIES_BYTES:
        raise InvalidEventError(
            f"an event's properties take {len(text)} bytes, at most {MAX_PROPERTIES_BYTES} are allowed; "
            "keep the data elsewhere and its id here"
        )
    return text
