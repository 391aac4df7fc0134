"""Draws the interleaving of a failing run as an SVG: a lane for each handler, time down, the leak marked."""

import re
from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import PurePath
from typing import Final, final

from cellwall.explore.steps import Step
from cellwall.project.number_of import number_of

_LANE: Final = 210  # px
_ROW: Final = 26
_TOP: Final = 74
_LEFT: Final = 64
_MOST_ROWS: Final = 400  # of a drawing; what lies before is left out, and said to be
_INK, _QUIET, _LINE, _PAPER = "#1c2430", "#6b7685", "#d5dbe3", "#ffffff"
_COLOURS: Final = ("#2f6fb3", "#a0531e", "#2c7a4b", "#7a4a9e", "#8a6d1a", "#b03a6a", "#2a7f8a", "#5b6470")
_ALARM: Final = "#c8202f"
_HOW_TO_READ: Final = (
    "Time goes down. A box is a step; its text is the line where the task waits after it. "
    "A red box is a step in which a cancellation or the failure showed."
)


def diagram_svg(steps: Sequence[Step], title: str = "", schedule: str = "") -> str:
    """Give the drawing of the steps as an SVG document.

    Handlers have the lanes on the left, what belongs to the loop and to connections shares one on the right.
    A box is a step, its text the place where the task waits after it; a red box is a step in which something
    was seen.
    """
    return _Drawing(steps, title, schedule).svg()


def diagram_html(steps: Sequence[Step], title: str = "", schedule: str = "") -> str:
    """Give an HTML document with the drawing and how to read it."""
    name = escape(title or "Interleaving")
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>'
    style = f"margin:24px;font-family:system-ui,sans-serif;color:{_INK};background:{_PAPER}"
    drawing = diagram_svg(steps, title, schedule)
    return f'{head}<body style="{style}">{drawing}<p>{_HOW_TO_READ}</p></body></html>'


@final
class _Drawing:
    """Places and draws."""

    def __init__(self, steps: Sequence[Step], title: str, schedule: str) -> None:
        self._title = title
        self._schedule = schedule
        self._left_out = max(0, len(steps) - _MOST_ROWS)
        self._steps = steps[self._left_out :]
        owners = list(dict.fromkeys(owner_of(step, steps) for step in steps))
        handlers = sorted({step.lane for step in steps if step.handler}, key=_natural)
        self._lanes = [*handlers, *(owner for owner in owners if owner not in handlers)]
        self._owners = [owner_of(step, steps) for step in self._steps]

    def svg(self) -> str:
        rows = list(self._rows())
        height = _TOP + 16 + _ROW * len(rows)
        marks = max((len(mark) for step in self._steps for mark in step.marks), default=0)
        width = _LEFT + _LANE * len(self._lanes) + 24 + min(560, 7 * marks)
        body = [*self._head(height), *rows]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="ui-monospace,monospace" font-size="12">'
            f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>{"".join(body)}</svg>'
        )

    def _head(self, height: int) -> list[str]:
        """Draw the title, the lanes' names and their lines."""
        left_out = (
            f" ({number_of(self._left_out, 'step before is', 'steps before are')} left out)"
            if self._left_out
            else ""
        )
        head = [
            _text(12, 20, self._title + left_out, _INK, bold=True),
            _text(12, 38, self._schedule, _QUIET),
        ]
        for index, lane in enumerate(self._lanes):
            x = _LEFT + _LANE * index
            head.append(_text(x + 6, _TOP - 14, _short(lane, 24), self._colour(lane), bold=True))
            head.append(
                f'<line x1="{x + 1}" y1="{_TOP - 8}" x2="{x + 1}" y2="{height - 8}" stroke="{_LINE}"/>'
            )
        return head

    def _rows(self) -> list[str]:
        """Draw a box for each step, those of a lane in a row without a mark as one."""
        rows: list[str] = []
        last_time: float | None = None
        numbered = zip(self._steps, self._owners, strict=True)
        for (owner, marks, _, _), group in groupby(numbered, key=_together):
            steps = [step for step, _ in group]
            step = steps[-1]
            y = _TOP + _ROW * len(rows)
            x = _LEFT + _LANE * self._lanes.index(owner) + 6
            colour = _ALARM if marks else self._colour(owner)
            row = [
                f'<rect x="{x}" y="{y}" width="{_LANE - 18}" height="{_ROW - 6}" rx="4" fill="{colour}" '
                f'fill-opacity="{0.95 if marks else 0.12}" stroke="{colour}"/>',
                _text(x + 7, y + 14, _short(_said(step, len(steps)), 24), _PAPER if marks else _INK),
            ]
            if step.time != last_time:
                row.append(_text(8, y + 14, f"{step.time - self._steps[0].time:.3f} s", _QUIET))
                last_time = step.time
            if marks:
                end = _LEFT + _LANE * len(self._lanes) + 6
                row.append(
                    f'<line x1="{x + _LANE - 18}" y1="{y + 10}" x2="{end}" y2="{y + 10}" stroke="{_ALARM}" '
                    'stroke-dasharray="3 3"/>'
                )
                row.append(_text(end + 4, y + 14, _short("; ".join(marks), 80), _ALARM, bold=True))
            rows.append("".join(row))
        return rows

    def _colour(self, lane: str) -> str:
        handler = any(step.handler for step in self._steps if step.lane == lane)
        return _COLOURS[self._lanes.index(lane) % (len(_COLOURS) - 1)] if handler else _COLOURS[-1]


def owner_of(step: Step, steps: Sequence[Step]) -> str:
    """Give the lane that the step is drawn in: its own for tasks, one for all that is the loop's."""
    name = step.lane.split("/")[0]
    handlers = {other.lane for other in steps if other.handler}
    if name in handlers or step.lane == "main":
        return name
    return "loop and connections"


def _natural(name: str) -> list[tuple[int, str]]:
    """Give what sorts u2 before u10."""
    return [(int(part or 0), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]


def _together(pair: tuple[Step, str]) -> tuple[str, tuple[str, ...], str, bool]:
    step, owner = pair
    return (owner, step.marks, "" if owner == "loop and connections" else _said(step, 1), step.ended)


def _said(step: Step, count: int) -> str:
    """Give a box's text."""
    times = f" x{count}" if count > 1 else ""
    if step.path:
        return f"{_file(step.path)}:{step.line} {step.function}{times}"
    if not step.ended:
        return f"{step.lane}{times}"
    return f"end of {step.lane}" if "/" in step.lane else "end"


def _file(path: str) -> str:
    """Give a file's name, shortened in such a way that the line behind it can be read."""
    return _short(PurePath(path).name, 18)


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _text(x: int, y: int, text: str, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x}" y="{y}" fill="{colour}"{weight}>{escape(text)}</text>'
