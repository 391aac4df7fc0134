"""Where in the project's own code something happened: the innermost line that is no library's."""

from __future__ import annotations

import sys
import sysconfig
from functools import lru_cache
from pathlib import Path
from typing import Final

_LIBRARIES: Final = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    | {str(Path(__file__).parents[1])}
)


def project_line() -> str:
    """Give `path:line` of the running code, relative to the working directory; "" when all is libraries'."""
    frame = sys._getframe(1)
    while frame is not None:
        if is_project_file(frame.f_code.co_filename):
            return f"{shown_path(frame.f_code.co_filename)}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return ""


@lru_cache(maxsize=4096)
def is_project_file(name: str) -> bool:
    """Whether a file belongs to neither Python, nor an installed package, nor Cellwall."""
    return not name.startswith("<") and "site-packages" not in name and not name.startswith(_LIBRARIES)


def shown_path(name: str) -> str:
    """Give a path as people write it: relative where it is below the working directory."""
    try:
        return str(Path(name).relative_to(Path.cwd()))
    except ValueError:
        return name
