"""The pytest plugin of `cellwall test`: chooses tests by category, tells each category, writes the document.

Loaded by name (`-p cellwall.testing.session.hooks`), in workers of pytest-xdist too.
"""

import json
from pathlib import Path
from typing import Any, Final, final

import pytest

from cellwall.testing.many_users.report import RECORD
from cellwall.testing.session.categories import categories_of, counted

_PROPERTY: Final = "cellwall_categories"
OUTCOMES: Final = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")


def pytest_addoption(parser: Any) -> None:
    """Add what `cellwall test` hands on."""
    group = parser.getgroup("cellwall", "running a test for one user as many")
    group.addoption("--cellwall-category", action="append", default=[], metavar="NAME")
    group.addoption("--cellwall-document", metavar="PATH")


def pytest_configure(config: Any) -> None:
    """Tell from the controller alone: workers send it their reports."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(SessionDocument(config), "cellwall_document")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    """Keep the tests of the categories that were asked for, and note the categories of each."""
    wanted = set(config.getoption("cellwall_category"))
    kept: list[Any] = []
    dropped: list[Any] = []
    for item in items:
        markers = [mark.name for mark in item.iter_markers()]
        categories = categories_of(item.nodeid, markers, getattr(item, "fixturenames", ()))
        item.user_properties.append((_PROPERTY, " ".join(categories)))
        (kept if not wanted or wanted & set(categories) else dropped).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


@final
class SessionDocument:
    """Gathers every test's outcome, and writes and tells them at the end."""

    def __init__(self, config: Any) -> None:
        self._path = config.getoption("cellwall_document")
        self._tests: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Take a phase of a test: the worst one is its outcome."""
        properties = dict(report.user_properties)
        test = self._tests.setdefault(
            report.nodeid,
            {"id": report.nodeid, "outcome": "passed", "seconds": 0.0, "message": "", "isolation": None},
        )
        test["categories"] = properties.get(_PROPERTY, "").split()
        test["seconds"] = round(test["seconds"] + report.duration, 6)
        if RECORD in properties:
            test["isolation"] = json.loads(properties[RECORD])
        outcome = _outcome(report)
        if outcome != "passed":
            test["outcome"] = outcome
            test["message"] = str(report.longrepr or "")[:20_000]

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: Any, exitstatus: int) -> None:
        """Tell each category, and write the document."""
        table = counted(self._tests.values())
        if table:
            terminalreporter.section("cellwall: by category")
        for category, row in table.items():
            told = ", ".join(f"{row[name]} {name}" for name in OUTCOMES if name in row)
            terminalreporter.line(f"{category}: {told}")
        if self._path:
            document = {
                "version": 1,
                "exit_code": int(exitstatus),
                "categories": table,
                "tests": list(self._tests.values()),
            }
            Path(self._path).write_text(json.dumps(document, indent=1), encoding="utf-8")


def _outcome(report: Any) -> str:
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed" if report.passed else "failed"
    if report.failed:
        return "failed" if report.when == "call" else "error"
    return "skipped" if report.skipped else "passed"
