"""The hooks that run tests as many users; registered only in sessions that ask for it."""

from collections.abc import Generator
from typing import Any, Final, final

import pytest

from cellwall.testing.many_users.explored import Explored
from cellwall.testing.many_users.item_run import ItemRun
from cellwall.testing.many_users.plain_loop import PlainLoop
from cellwall.testing.many_users.pytest_private import require_tested
from cellwall.testing.many_users.report import record
from cellwall.testing.many_users.selection import select
from cellwall.testing.many_users.settings import IsolationSettings
from cellwall.testing.many_users.summary import summary_lines


@final
class ManyUsersHooks:
    """Watches over every item's set-up, body and teardown."""

    def __init__(self, defaults: IsolationSettings) -> None:
        require_tested()
        self._defaults = defaults
        self._plain: Final = PlainLoop()
        self._explored: Final = Explored()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: Any) -> Generator[None, object, object]:
        """Prepare an item that is to run as many, before pytest makes its fixtures.

        The innermost wrapper: what the others begin here they end in the teardown, of a refused item too.
        """
        selected = select(item, self._defaults)
        if selected is None:
            return (yield)
        if selected.alone:
            record(item, verdict="alone", text=selected.alone)
            return (yield)
        run = ItemRun(item, selected, self._explored if selected.settings.explores else self._plain)
        run.prepare()
        try:
            return (yield)
        finally:
            run.made()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: Any) -> Generator[None, object, object]:
        """Give the item its own body back."""
        try:
            return (yield)
        finally:
            vars(item).pop("runtest", None)

    def pytest_unconfigure(self) -> None:
        """Close the loops."""
        self._plain.close()
        self._explored.close()

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Tell what was run as many, and what was found."""
        reports = [each for found in terminalreporter.stats.values() for each in found]
        ran = [report for report in reports if hasattr(report, "user_properties")]
        lines = summary_lines(ran)
        if ran and not lines and self._defaults.users > 1:
            lines = [f"no test ran as {self._defaults.users} users: none takes the fixture `user_context`"]
        if lines:
            terminalreporter.section("cellwall: tests run as many users")
            for line in lines:
                terminalreporter.line(line)
