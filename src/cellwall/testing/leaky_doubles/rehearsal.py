"""The hook that runs the collected tests under one double after the other, each in a child of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

from .forks import Fork, Tidy, can_fork, ended, fork

RECORDER = "cellwall-outcome-recorder"


class Doubled(Protocol):
    """The doubles that are in place."""

    def become(self, double: str, record: str) -> None:
        """Let this double leak from now on, and write to another file."""

    def noticed(self, record: str) -> set[str]:
        """Give the tests that noticed a leak, from what a child wrote."""

    def write(self, kind: str, **values: Any) -> None:
        """Append one line."""


class Rehearsal:
    """One child a double; a double that nobody is left to notice is passed over.

    What keeps the children from being as good as processes of their own is written down as the line
    `not_rehearsed`, and whoever started this process tries without them.
    """

    def __init__(self, doubles: Doubled, forks: Sequence[Mapping[str, Any]]) -> None:
        self.doubles: Doubled = doubles
        self.forks: list[Fork] = [Fork.of(told) for told in forks]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool | None:
        """Give None in a child, where pytest goes on; True in the parent, which runs nothing itself."""
        recorder = session.config.pluginmanager.get_plugin(RECORDER)
        waiting = {item.nodeid for item in session.items}
        tidy = Tidy(Path(session.config.rootpath))
        for each in self.forks:
            if each.double and not waiting:
                continue
            if not can_fork():
                self.doubles.write("not_rehearsed", why="threads run, which no child would have")
                break
            child = fork()
            if not child:
                self.doubles.become(each.double, each.record)
                recorder.write_to(each.outcomes)
                return None
            if why := _trouble(child, each, tidy):
                self.doubles.write("not_rehearsed", why=why)
                break
            waiting -= self.doubles.noticed(each.record)
        return True


def _trouble(child: int, each: Fork, tidy: Tidy) -> str:
    if not ended(child, each.seconds):
        return "the time limit was reached"
    spoiled = tidy.spoiled()
    return f"the tests wrote over {spoiled}" if spoiled else ""
