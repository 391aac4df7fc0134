"""Records of the standard library's logging: message, fields of one's own, and traceback."""

from __future__ import annotations

import logging
from typing import Any, Final, final

from cellwall.canary.patching import wrap
from cellwall.canary.sighting import Reach
from cellwall.canary.sink import Uninstall
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


@final
class LoggingSink:
    """A log is read by operators: a record that mixes two users' values went to the wrong account."""

    name = "logging"
    library = ""

    def install(self, watch: Watch) -> Uninstall:
        """Begin to see every record that a logger handles."""

        def make(original: Any) -> Any:
            def handle(self: logging.Logger, record: logging.LogRecord) -> Any:
                if current_viewer() is not None:
                    watch.observe("logging", _text(record), f"logger {record.name}", reach=Reach.WRITTEN)
                return original(self, record)

            return handle

        return wrap(logging.Logger, "handle", make)


def _text(record: logging.LogRecord) -> list[object]:
    try:
        message = record.getMessage()
    except Exception:  # arguments that do not fit: logging reports it where it formats
        message = str(record.msg)
    own = [value for name, value in vars(record).items() if name not in _STANDARD]
    error = record.exc_info[1] if record.exc_info else None
    return [message, own, error]
