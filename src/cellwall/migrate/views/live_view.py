"""Chooses how a running run is shown, from the stream and the environment."""

import os
from collections.abc import Mapping
from typing import TextIO

from cellwall.migrate.state import State
from cellwall.migrate.views.dashboard import render_dashboard
from cellwall.migrate.views.live_dashboard import LiveDashboard, Terminal
from cellwall.migrate.views.status_view import StatusView
from cellwall.migrate.views.view import View


def live_view(stream: TextIO, interval: float, environ: Mapping[str, str] | None = None) -> View:
    """Give the live dashboard on a terminal, a plain ASCII one on a dumb terminal, else status blocks.

    NO_COLOR and COLUMNS in `environ` (default: the process's own) are followed; `interval` is the seconds
    between two blocks.
    """
    environ = os.environ if environ is None else environ
    if not stream.isatty():
        return StatusView(stream, interval)
    if environ.get("TERM", "").lower() in {"dumb", "unknown", ""}:
        return StatusView(stream, interval, _box)
    return LiveDashboard(Terminal(file=stream, _environ=environ, highlight=False, markup=False))


def _box(state: State, now: float) -> str:
    return render_dashboard(state, now, color=False, ascii_only=True).plain + "\n"
