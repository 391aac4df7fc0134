"""Runs the collected tests under one double of a role after the other, each in a child of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

from .forks import THREADS, Tidy, can_fork, fork, trouble

RECORDER = "cellwall-outcome-recorder"


class Doubled(Protocol):
    """The doubles that are in place."""

    def become(self, double: str, record: str) -> None:
        """Let this double leak from now on, and write to another file."""

    def noticed(self, record: str) -> set[str]:
        """Give the tests that noticed a leak, from what a child wrote."""

    def write(self, kind: str, **values: Any) -> None:
        """Append one line."""


class DoubleForks:
    """The hook, told of children as {"double", "record", "outcomes", "seconds"}.

    A double that no test is left to notice is passed over. What keeps the children from being as good as
    processes of their own ends the list, as the line `not_rehearsed`.
    """

    def __init__(self, doubles: Doubled, forks: Sequence[Mapping[str, Any]]) -> None:
        self.doubles: Doubled = doubles
        self.forks: Sequence[Mapping[str, Any]] = forks

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool | None:
        """Give None in a child, where pytest goes on; True in the parent, which runs nothing itself."""
        recorder = session.config.pluginmanager.get_plugin(RECORDER)
        waiting = {item.nodeid for item in session.items}
        tidy = Tidy(Path(session.config.rootpath))
        for each in self.forks:
            if each["double"] and not waiting:
                continue
            child = fork() if can_fork() else -1
            if not child:
                self.doubles.become(each["double"], each["record"])
                recorder.write_to(each["outcomes"])
                return None
            if why := THREADS if child < 0 else trouble(child, each["seconds"], tidy):
                self.doubles.write("not_rehearsed", why=why)
                break
            waiting -= self.doubles.noticed(each["record"])
        return True
