"""Breaks lines that are too long at their brackets, as formatters do. For lines that a capability wrote."""

import re
from collections.abc import Iterator
from typing import Final

WIDTH: Final = 100
_OPEN: Final = "([{"
_CLOSE: Final = ")]}"
_TEXT = re.compile(r'[rbf]{0,2}"(?:[^"\\]|\\.)*"|[rbf]{0,2}\'(?:[^\'\\]|\\.)*\'')


def within_margin(body: str) -> str:
    """Give the source with every long line of code broken; lines without brackets, and prose, stay."""
    lines, prose = [], False
    for line in body.split("\n"):
        quotes = line.count('"""')
        lines += [line] if prose or quotes else _broken(line)
        prose ^= quotes % 2 == 1
    return "\n".join(lines)


def _broken(line: str) -> list[str]:
    """Put what the last bracket holds on a line of its own; where that is too long too, one part a line."""
    pair = _last_bracket(line) if len(line) > WIDTH else None
    if pair is None:
        return [line]
    start, end = pair
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    inner = line[start + 1 : end]
    parts = list(_parts(inner))
    inside = [f"{indent}{inner}"]
    if len(inside[0]) > WIDTH and len(parts) > 1:
        inside = [broken for part in parts for broken in _broken(f"{indent}{part},")]
    elif len(inside[0]) > WIDTH:
        inside = _broken(inside[0])
    return [line[: start + 1], *inside, f"{indent[4:]}{line[end:]}"]


def _last_bracket(line: str) -> tuple[int, int] | None:
    """Give the outermost pair that ends last, None where there is none or it is empty."""
    found, opened = None, []
    for place, sign in _signs(line):
        if sign in _OPEN:
            opened.append(place)
        elif sign in _CLOSE and opened:
            start = opened.pop()
            if not opened and place > start + 1:
                found = (start, place)
    return found


def _parts(inner: str) -> Iterator[str]:
    """Split at the commas that no bracket holds."""
    depth = start = 0
    for place, sign in _signs(inner):
        depth += (sign in _OPEN) - (sign in _CLOSE)
        if sign == "," and not depth:
            yield inner[start:place].strip()
            start = place + 1
    if inner[start:].strip():
        yield inner[start:].strip()


def _signs(text: str) -> Iterator[tuple[int, str]]:
    """Give brackets and commas with their places, none of those in string literals."""
    hidden = _TEXT.sub(lambda literal: "_" * len(literal.group()), text)
    return ((place, sign) for place, sign in enumerate(hidden) if sign in "([{,}])")
