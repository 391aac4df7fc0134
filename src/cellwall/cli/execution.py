"""What `run` and `resume` share: open the run, drive it with a view, print the report, end with the code."""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import click

from cellwall.cli.stop_signals import let_finish, stop_in_order
from cellwall.migrate.criteria.exit_code import RESUMABLE, exit_code
from cellwall.migrate.drive import drive
from cellwall.migrate.opening import Surroundings
from cellwall.migrate.run import Run
from cellwall.migrate.state import State
from cellwall.migrate.views.live_view import live_view
from cellwall.migrate.views.report_json import render_json
from cellwall.migrate.views.report_markdown import render_markdown

REFRESH = 0.25  # seconds between two pictures on a terminal


class Stopped(click.ClickException):
    """A signal came before there was anything to journal."""

    exit_code = RESUMABLE


def execute(
    open_run: Callable[[Surroundings], AbstractContextManager[Run]], *, report_interval: float, as_json: bool
) -> None:
    """Run to the end and exit with the run's code; errors are left to the command line's edge."""
    around = Surroundings(clock=time.time, randomness=os.urandom(2))
    with stop_in_order():
        try:
            with open_run(around) as run:
                asyncio.run(_drive(run, report_interval))
                state = run.record.state
                _print_report(state, as_json)
        except KeyboardInterrupt as signal:
            raise Stopped(f"stopped by {signal or 'SIGINT'} before the agents began") from None
    if not as_json:
        _say_next(state)
    sys.exit(exit_code(state))


async def _drive(run: Run, report_interval: float) -> None:
    refresh = REFRESH if sys.stderr.isatty() else 1.0
    try:
        await drive(run, live_view(sys.stderr, report_interval), refresh=refresh)
    finally:
        let_finish()


def _print_report(state: State, as_json: bool) -> None:
    text = render_json(state) if as_json else render_markdown(state)
    click.echo(text.encode(errors="backslashreplace"))  # bytes: no terminal and no path may stop a report


def _say_next(state: State) -> None:
    started = state.started
    assert started is not None
    if started.options.get("dry_run"):
        return
    if state.stopped:
        click.echo(f"Stopped: {state.stopped}. Go on with: cellwall resume {started.run_id}", err=True)
    else:
        click.echo(f"The result is the branch {started.branch}. Look at it, then merge it:", err=True)
        click.echo(f"    git diff {started.base[:12]} {started.branch}", err=True)
        click.echo(f"Remove it with: cellwall undo {started.run_id}", err=True)
