"""Events of structlog, as its processors hand them on."""

from __future__ import annotations

import sys
from typing import Any, final

from cellwall.canary.patching import wrap
from cellwall.canary.sighting import Reach
from cellwall.canary.sink import Uninstall
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch


@final
class StructlogSink:
    """Sees events of every bound logger, whatever they are printed with; as one record each."""

    name = "structlog"
    library = "structlog"

    def install(self, watch: Watch) -> Uninstall:
        """Begin to see events."""

        def make(original: Any) -> Any:
            def _process_event(self: Any, method_name: str, event: Any, event_kw: Any) -> Any:
                handed = original(self, method_name, event, event_kw)
                if current_viewer() is not None:
                    watch.observe("structlog", handed, f"structlog {method_name}", reach=Reach.WRITTEN)
                return handed

            return _process_event

        return wrap(sys.modules["structlog"].BoundLoggerBase, "_process_event", make)
