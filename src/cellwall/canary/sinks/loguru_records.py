"""Records of loguru, through a handler of its own."""

from __future__ import annotations

import sys
from typing import Any, final

from cellwall.canary.sighting import Reach
from cellwall.canary.sink import Uninstall
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch


@final
class LoguruSink:
    """Sees message, extra fields and exception of each record, in the task that logs it."""

    name = "loguru"
    library = "loguru"

    def install(self, watch: Watch) -> Uninstall:
        """Add the handler; gives what removes it."""
        logger = sys.modules["loguru"].logger

        def handle(message: Any) -> None:
            if current_viewer() is not None:
                record = message.record
                error = record["exception"].value if record["exception"] else None
                text = [record["message"], record["extra"], error]
                watch.observe("loguru", text, f"logger {record['name']}", reach=Reach.WRITTEN)

        number = logger.add(handle, level=0, format="{message}", catch=False)
        return lambda: logger.remove(number)
