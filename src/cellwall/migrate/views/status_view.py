"""A block of text every report interval, for logs and terminals that cannot draw in place."""

from collections.abc import Callable
from typing import TextIO, final

from cellwall.migrate.state import State
from cellwall.migrate.views.status_block import render_status_block

Render = Callable[[State, float], str]


@final
class StatusView:
    """Writes a block at once, then every `interval` seconds, then a last one."""

    def __init__(self, stream: TextIO, interval: float, render: Render = render_status_block) -> None:
        self._stream: TextIO | None = stream
        self._interval = interval
        self._render = render
        self._last: tuple[State, float] | None = None
        self._written = float("-inf")

    def update(self, state: State, now: float) -> None:
        """Write the state when the interval is over."""
        self._last = (state, now)
        if now - self._written >= self._interval:
            self._write()

    def close(self) -> None:
        """Write the last state."""
        if self._last is not None:
            self._write()
        self._last = None

    def _write(self) -> None:
        if self._last is None or self._stream is None:
            return
        state, self._written = self._last
        encoding = self._stream.encoding or "utf-8"
        text = self._render(state, self._written).encode(encoding, "replace").decode(encoding)
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # the reader is gone or the stream closed; the run goes on
            self._stream = None
