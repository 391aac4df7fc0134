"""What the terminal around a check can show; the only place that asks the environment for it.

Colours: where the output is a terminal that is not `dumb`; `NO_COLOR` forbids them, `FORCE_COLOR` asks for
them (no-color.org, force-color.org: set and not empty).
"""

import os
import shutil
import sys

from cellwall.check.output.terminal import Terminal


def terminal_of(*, to_stderr: bool) -> Terminal:
    """Give the width and the colours of standard output, or of standard error."""
    stream = sys.stderr if to_stderr else sys.stdout
    if os.environ.get("NO_COLOR"):
        colour = False
    else:
        colour = bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")
    width = shutil.get_terminal_size().columns if stream.isatty() or "COLUMNS" in os.environ else 0
    return Terminal(width, colour) if width else Terminal(colour=colour)
