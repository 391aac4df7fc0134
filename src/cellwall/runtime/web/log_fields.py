"""Who a log record is about: fields read from the running request. Ids alone, never a token."""

import logging
from collections.abc import MutableMapping
from typing import Any, Final, final

from cellwall.runtime.current import current_context

OUTSIDE: Final = "-"


@final
class ContextLogFilter(logging.Filter):
    """Gives each record `user_id` and `request_id` of the running request, `-` outside of one.

    Add it to handlers, not to loggers, so that it sees the records of every library. What a record says
    about itself by `extra` is replaced: name other users by other names, such as `target_user_id`.

    Example:
        handler.addFilter(ContextLogFilter())
        handler.setFormatter(logging.Formatter("%(levelname)s %(user_id)s %(request_id)s %(message)s"))
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the fields and let every record through."""
        context = current_context()
        record.user_id = OUTSIDE if context is None else context.user_id
        record.request_id = OUTSIDE if context is None else context.request_id
        return True


def add_context_fields(
    logger: Any, method_name: str, event_dict: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Add `user_id` and `request_id` of the running request: a structlog processor.

    Example:
        structlog.configure(processors=[add_context_fields, structlog.processors.JSONRenderer()])
    """
    context = current_context()
    if context is not None:
        event_dict["user_id"] = context.user_id
        event_dict["request_id"] = context.request_id
    return event_dict
