"""Finds the line of a TOML key, for messages (`tomllib` gives none). Best effort, never fails."""

import re

_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*([\w.\"'-]+(?:\s*\.\s*[\w\"'-]+)*)\s*=")


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Give the first line, from 1, of every table and key: ("tool", "cellwall", "python") -> 7."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _parts(header.group(1))
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault(table + _parts(key.group(1)), number)
    return lines


def line_of(lines: dict[tuple[str, ...], int], key: tuple[str, ...]) -> int:
    """Give the line of the key, else of the nearest table around it, else 1."""
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key, 1)
