"""Imports the application that is to be audited in this process."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from cellwall.audit.errors import NotReachedError

_TARGET: Final = re.compile(r"([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)(\(\))?")


def load_app(target: str, root: Path) -> Any:
    """Give the application MODULE:NAME, or what the factory MODULE:NAME() makes.

    Raises:
        NotReachedError: it cannot be imported; the text has what the project's code raised.
    """
    match = _TARGET.fullmatch(target)
    if match is None:
        raise NotReachedError(f"{target!r}: name a module and an application, such as shop.main:app")
    sys.path.insert(0, str(root.resolve()))
    try:
        found: Any = import_module(match[1])
        for part in match[2].split("."):
            found = getattr(found, part)
        return found() if match[3] else found
    except Exception as error:  # code of the project: whatever it does is told in one line
        raise NotReachedError(
            f"{target} cannot be had: {type(error).__name__}: {error}; is this the interpreter that has the "
            "project's dependencies?"
        ) from error
