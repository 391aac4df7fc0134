"""Keeps code of other distributions, which may end the process, out of this one."""

import os
import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

from cellwall.check.forked import forked
from cellwall.check.javascript.languages import language_of
from cellwall.check.rule_selection import foreign_rules
from cellwall.check.settings import CheckSettings

_Answer = TypeVar("_Answer")


def apart(settings: CheckSettings, path: str, work: Callable[[], _Answer]) -> _Answer | None:
    """Do work that runs rules over a file, in a child where that is needed; None where the child dies.

    Raises:
        BaseException: what the work raises.
    """
    return forked(work) if needs_child(settings, [path]) else work()


def needs_child(settings: CheckSettings, paths: Iterable[str]) -> bool:
    """Tell whether rules of other distributions look at one of the files, and a process can be forked.

    One with several threads is not: what the others hold would be held in the child for ever.
    """
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return False
    return any(language_of(path) is None for path in paths) and bool(foreign_rules(settings))
