"""What is printed: standard output and standard error."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any, final

from cellwall.canary.patching import undo_all, wrap
from cellwall.canary.sighting import Reach
from cellwall.canary.sink import Uninstall
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch


@final
class StandardOutputSink:
    """A hint, no leak: operators read it, for all users."""

    name = "output"
    library = ""

    def install(self, watch: Watch) -> Uninstall:
        """Begin with the two streams that are there now."""
        steps = []
        for name in ("stdout", "stderr"):
            try:
                steps.append(wrap(getattr(sys, name), "write", partial(_seen, watch, name)))
            except (AttributeError, TypeError):
                watch.cannot_see(f"output: {name} takes no attributes")
        return undo_all(steps)


def _seen(watch: Watch, name: str, original: Any) -> Any:
    def write(text: Any, /) -> Any:
        if current_viewer() is not None:
            watch.observe("output", text, name, reach=Reach.NOTED)
        return original(text)

    return write
