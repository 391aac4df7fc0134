"""Searches the schedules and cancellations of asyncio code for one that fails, and replays it for ever."""

from cellwall.explore.asyncio_private import require_tested_python
from cellwall.explore.certificate import Certificate
from cellwall.explore.controlled import UVLOOP, controlled
from cellwall.explore.diagram import diagram_html, diagram_svg
from cellwall.explore.errors import (
    DeadlockError,
    ExploreError,
    LivelockError,
    NestedRunError,
    ScheduleTextError,
    UnsupportedPythonError,
)
from cellwall.explore.exploration import Exploration, Failure
from cellwall.explore.explore import explore
from cellwall.explore.fresh_process import FreshReplay, replay_alone
from cellwall.explore.loop import ExplorerLoop, loop_factory
from cellwall.explore.machine import Judge
from cellwall.explore.outcome import Handler, Outcome
from cellwall.explore.process_loop import close_process_loop, process_loop
from cellwall.explore.run import Run, Scenario
from cellwall.explore.run_once import run_once
from cellwall.explore.schedule import Cancellation, Overtaking, Schedule
from cellwall.explore.strategies.strategy import Strategy

__all__ = [
    "UVLOOP",
    "Cancellation",
    "Certificate",
    "DeadlockError",
    "Exploration",
    "ExploreError",
    "ExplorerLoop",
    "Failure",
    "FreshReplay",
    "Handler",
    "Judge",
    "LivelockError",
    "NestedRunError",
    "Outcome",
    "Overtaking",
    "Run",
    "Scenario",
    "Schedule",
    "ScheduleTextError",
    "Strategy",
    "UnsupportedPythonError",
    "close_process_loop",
    "controlled",
    "diagram_html",
    "diagram_svg",
    "explore",
    "loop_factory",
    "process_loop",
    "replay_alone",
    "require_tested_python",
    "run_once",
]
