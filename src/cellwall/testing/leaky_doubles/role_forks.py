"""Runs the tests that are about one role after the other, each role's in a child of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from .double_forks import RECORDER
from .forks import Tidy, can_fork, fork, trouble
from .preload import preload
from .spelled import NotMadeError, point_of

Begin = Callable[[Any, dict[str, Any], dict[str, Any]], None]


class RoleForks:
    """The hook, told of children as {"role", "paths", "without", "record", "outcomes", "seconds", "forks"}.

    A child that does not end well is the last one; a role that has no record was not rehearsed.
    """

    def __init__(self, told: Mapping[str, Any], begin: Begin) -> None:
        """Take what the process was told; `begin` puts the doubles in, in a child."""
        self.told: Mapping[str, Any] = told
        self.begin: Begin = begin
        self.is_parent: bool = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: Any) -> bool | None:
        """Give None in a child, where pytest goes on; True in the parent, which collects nothing itself."""
        tidy = Tidy(Path(session.config.rootpath))
        preload(session.config, self._modules(), Path(self.told["record"]), tidy)
        for each in self.told["parts"]:
            child = fork() if can_fork() else -1
            if not child:
                self.is_parent = False
                session.config.args[:] = [f"./{path}" for path in each["paths"]]
                session.config.pluginmanager.get_plugin(RECORDER).write_to(each["outcomes"])
                self.begin(session, self.told["roles"], each)
                return None
            if child < 0 or trouble(child, each["seconds"], tidy):
                break
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool | None:
        """Run nothing in the parent."""
        return True if self.is_parent else None

    def _modules(self) -> list[str]:
        """Give the modules of the roles; which of them nobody can spell is told by its own child."""
        found = []
        for part in self.told["parts"]:
            spelled = self.told["roles"][part["role"]]
            try:
                found.append(point_of(part["role"], list(spelled["imports"]), str(spelled["create"])).module)
            except NotMadeError:
                continue
        return found
