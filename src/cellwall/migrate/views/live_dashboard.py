"""The dashboard on a terminal, drawn again in place. A terminal that goes away never stops the run."""

from typing import Final, final

from rich.console import Console
from rich.live import Live

from cellwall.migrate.state import State
from cellwall.migrate.views.dashboard import render_dashboard

SHORTEST: Final = 0.1  # seconds between two drawings


class Terminal(Console):
    """A console that falls silent where rich's own would end the program: when its reader is gone."""

    def on_broken_pipe(self) -> None:
        """Say nothing more."""
        self.quiet = True


@final
class LiveDashboard:
    """Draws the newest state at most ten times a second; `console` writes to standard error."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)
        self._last: tuple[State, float] | None = None
        self._drawn = float("-inf")

    def update(self, state: State, now: float) -> None:
        """Draw the state unless it was drawn a moment ago."""
        self._last = (state, now)
        if now - self._drawn >= SHORTEST:
            self._draw()

    def close(self) -> None:
        """Draw the last state and leave it on the terminal."""
        if self._last is None:
            return
        self._draw()
        self._last = None
        try:
            self._live.stop()
        except OSError:
            self._console.quiet = True

    def _draw(self) -> None:
        if self._last is None or self._console.quiet:
            return
        state, now = self._last
        width, height = self._console.size
        ascii_only = not self._console.encoding.lower().startswith("utf")
        color = not self._console.no_color
        self._drawn = now
        text = render_dashboard(state, now, width, color, ascii_only=ascii_only, height=height)
        try:
            self._live.start()
            self._live.update(text, refresh=True)
        except OSError:  # the terminal hung up; the run goes on, and its journal tells everything
            self._console.quiet = True
