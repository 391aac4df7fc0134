"""What the terminal around a check can show; the only place that asks the environment for it.

Colours: where the output is a terminal that is not `dumb`; `NO_COLOR` forbids them, `FORCE_COLOR` asks for
them (no-color.org, force-color.org: set and not empty).
"""

import os
import sys
from typing import TextIO

from cellwall.check.output.terminal import Terminal


def terminal_of(*, to_stderr: bool) -> Terminal:
    """Give the width and the colours of standard output, or of standard error."""
    stream = sys.stderr if to_stderr else sys.stdout
    if os.environ.get("NO_COLOR"):
        colour = False
    else:
        colour = bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")
    width = _width(stream)
    return Terminal(width, colour) if width > 0 else Terminal(colour=colour)


def _width(stream: TextIO) -> int:
    """Give the columns, 0 where nobody says how many; shutil's function takes long to import."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal():
        return int(given)
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 0
