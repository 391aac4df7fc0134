"""A pytest plugin that writes each test's outcome to a file as it happens. One file, copied where needed.

It needs the standard library and pytest (7.4 to 9) alone, under any name: `-p cellwall_outcomes`. The file is
named by the variable CELLWALL_OUTCOMES or by `--cellwall-outcomes=FILE`; JSON lines are appended to it:

    {"kind": "start", "pytest": "9.0", "python": "3.12.1"}
    {"kind": "collect_error" | "collect_skip", "path": "tests/test_a.py", "reason": "..."}
    {"kind": "collected", "ids": [...]}
    {"kind": "begin", "id": "tests/test_a.py::test_b"}
    {"kind": "test", "id": ..., "outcome": "passed" | "failed" | "error" | "skipped" | "xfailed" | "xpassed",
     "phase": "setup" | "call" | "teardown", "reason": "...", "ran": true, "seconds": 0.01,
     "as_many": what Cellwall's plugin tells of a test that ran as many users, else null}
    {"kind": "end", "exit": 0}

A crash keeps the lines that are there. `ran` is false for a coroutine test whose body was never entered; such
a test is "skipped" here, even where pytest calls it passed.
"""

from __future__ import annotations

import functools
import inspect
import json
import os
import sys
import unittest
from collections.abc import Generator
from typing import Any

import pytest

VARIABLE = "CELLWALL_OUTCOMES"
LENGTH = 300
# Taken out of the environment at once: a pytest that a test starts must not write to the same file.
_given = os.environ.pop(VARIABLE, "")
NEVER_RAN = "the coroutine never ran: no plugin for async tests took it"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the option beside the variable."""
    parser.addoption("--cellwall-outcomes", default="", metavar="FILE", help="append outcomes to FILE")


def pytest_configure(config: pytest.Config) -> None:
    """Write in the main process only; workers of xdist send their reports to it."""
    path = config.getoption("--cellwall-outcomes") or _given
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(path), "cellwall-outcome-recorder")


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_call(item: Any) -> Generator[None, None, None]:
    """Put a watcher around a coroutine test, which notes that its body was entered."""
    function = getattr(item, "obj", None)
    if not inspect.iscoroutinefunction(function):
        yield
        return
    item.cellwall_ran = False

    @functools.wraps(function)
    async def watched(*args: Any, **kwargs: Any) -> Any:
        item.cellwall_ran = True
        return await function(*args, **kwargs)

    item.obj = watched
    case = getattr(item, "instance", None) or getattr(item, "_testcase", None)
    if isinstance(case, unittest.TestCase):
        setattr(case, item.name, watched)  # unittest calls the method by its name
    yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Generator[None, Any, None]:
    """Put what the watcher saw into the report, which is what xdist's workers send on."""
    outcome = yield
    outcome.get_result().cellwall_ran = getattr(item, "cellwall_ran", True)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: Any) -> None:
    """Spare a session without hypothesis its import: half a second for a summary that is empty."""
    plugins = session.config.pluginmanager
    if "hypothesis" not in sys.modules and (plugin := plugins.get_plugin("hypothesispytest")):
        plugins.unregister(plugin)


class Recorder:
    """Appends the lines; each is one write, so that a crash cannot lose or mix them."""

    def __init__(self, path: str) -> None:
        """Begin with no reports."""
        self.reports: dict[str, list[Any]] = {}
        self.write_to(path)

    def write_to(self, path: str) -> None:
        """Open the file; a forked child that is to write has one of its own."""
        appending = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
        self.file: int = os.open(path, appending, 0o600)
        self.pid: int = os.getpid()
        self.write("start", pytest=pytest.__version__, python=".".join(map(str, sys.version_info[:3])))

    def write(self, kind: str, **values: Any) -> None:
        """Append one line; a forked child writes none unless it was told where to."""
        if os.getpid() == self.pid:
            os.write(self.file, (json.dumps({"kind": kind, **values}) + "\n").encode())

    def pytest_collectreport(self, report: Any) -> None:
        """Tell files that cannot be collected."""
        if report.outcome in ("failed", "skipped"):
            kind = "collect_error" if report.failed else "collect_skip"
            self.write(kind, path=report.nodeid, reason=reason_of(report))

    def pytest_collection_finish(self, session: Any) -> None:
        """Tell what will run."""
        if session.items:
            self.write("collected", ids=[item.nodeid for item in session.items])

    def pytest_runtest_logstart(self, nodeid: str, location: Any) -> None:
        """Tell what runs now, so that a crash has a culprit."""
        self.write("begin", id=nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Gather a test's reports; the teardown's is the last."""
        reports = self.reports.setdefault(report.nodeid, [])
        reports.append(report)
        if report.when == "teardown":
            del self.reports[report.nodeid]
            if not any(each.outcome == "rerun" for each in reports):
                self.write("test", id=report.nodeid, **verdict(reports), as_many=as_many(report))

    def pytest_internalerror(self, excrepr: Any) -> None:
        """Tell that pytest itself or a plugin broke."""
        self.write("internal_error", reason=shortened(str(excrepr)))

    def pytest_sessionfinish(self, session: Any, exitstatus: int) -> None:
        """Set the end marker."""
        self.write("end", exit=int(exitstatus))


def verdict(reports: list[Any]) -> dict[str, Any]:
    """Give the one outcome of a test from the reports of its phases."""
    seconds = round(sum(getattr(report, "duration", 0.0) for report in reports), 4)
    ran = all(getattr(report, "cellwall_ran", True) for report in reports if report.when == "call")
    chosen = max(reports, key=_weight)
    outcome = {"passed": "passed", "failed": "failed"}.get(chosen.outcome, "skipped")
    if chosen.failed and chosen.when != "call":
        outcome = "error"
    elif hasattr(chosen, "wasxfail") and not chosen.failed:
        outcome = "xpassed" if chosen.passed else "xfailed"
    reason = getattr(chosen, "wasxfail", "") if outcome in ("xfailed", "xpassed") else reason_of(chosen)
    if outcome in ("passed", "xpassed") and not ran:
        outcome, reason = "skipped", NEVER_RAN
    return {
        "outcome": outcome,
        "phase": chosen.when,
        "reason": reason if outcome != "passed" else "",
        "ran": ran and any(report.when == "call" for report in reports),
        "seconds": seconds,
    }


def as_many(report: Any) -> Any:
    """Give what Cellwall's plugin put into the report of a test that was to run as many users, or None."""
    for name, value in getattr(report, "user_properties", ()):
        if name == "cellwall_isolation":
            return json.loads(value)
    return None


def _weight(report: Any) -> int:
    # Failures count wherever they are; a subtest (its report has a context) counts by its failure alone.
    if report.failed:
        return 3
    if hasattr(report, "context"):
        return 0
    return 2 if report.skipped or hasattr(report, "wasxfail") else int(report.when == "call")


def reason_of(report: Any) -> str:
    """Give the reason of a report in one short line."""
    longrepr = report.longrepr
    if isinstance(longrepr, tuple) and len(longrepr) == 3:
        return shortened(str(longrepr[2]))
    crash = getattr(longrepr, "reprcrash", None)
    if crash is not None:
        return shortened(str(crash.message))
    lines = [line[1:] for line in str(longrepr or "").splitlines() if line.startswith("E ")]
    return shortened("\n".join(lines[-1:]) or str(longrepr or ""))


def shortened(text: str) -> str:
    """Give the first line that says something, cut."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0][:LENGTH] if lines else ""
