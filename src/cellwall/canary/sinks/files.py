"""Files that are written: what goes in, and the name they bear."""

from __future__ import annotations

import builtins
import io
from typing import Any, Final, final

from cellwall.canary.patching import undo_all, wrap
from cellwall.canary.sighting import Reach
from cellwall.canary.sink import Uninstall
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch

_WRITING: Final = frozenset("wax+")


@final
class FileSink:
    """A hint, no leak: one file may be many users', and who reads it is seen where it is answered."""

    name = "file"
    library = ""

    def install(self, watch: Watch) -> Uninstall:
        """Begin to see files that are opened for writing, by `open`, `io.open` and `pathlib`."""

        def make(original: Any) -> Any:
            def open(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:  # noqa: A001
                opened = original(file, mode, *args, **options)
                if current_viewer() is not None and _WRITING & set(mode):
                    watch.observe("file", str(file), "name of a file", reach=Reach.WRITTEN)
                    _watch_writes(watch, opened, f"file {file}")
                return opened

            return open

        return undo_all([wrap(builtins, "open", make), wrap(io, "open", make)])


def _watch_writes(watch: Watch, opened: Any, where: str) -> None:
    original = opened.write

    def write(data: Any, /) -> Any:
        watch.observe("file", data, where, reach=Reach.NOTED)
        return original(data)

    try:
        opened.write = write
    except AttributeError:  # a file of a class without attributes
        watch.cannot_see(f"{where}: its class takes no attributes")
