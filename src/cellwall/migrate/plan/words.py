"""The words by which a plan's parts are known: what a heading or a label names. Case does not matter."""

import re
from enum import Enum, auto
from typing import Final, Literal

Side = Literal["before", "after"]


class Part(Enum):
    """A part of a plan."""

    NONE = auto()
    AGENT = auto()
    SCOPE = auto()
    FOCUS = auto()
    PATTERNS = auto()
    TASKS = auto()
    SCOPE_FIGURES = auto()
    ANTI_PATTERNS = auto()
    COMMON_PATTERNS = auto()
    COORDINATION = auto()
    CRITERIA = auto()
    VALIDATION = auto()
    LAUNCH = auto()
    DASHBOARD = auto()
    REPORT = auto()
    METRICS = auto()


MAX_WORDS: Final = 200  # characters of a heading that are looked at
# Headings below one of these belong to it, whatever words they have.
KEEPS_SUBHEADINGS: Final = frozenset({Part.ANTI_PATTERNS, Part.COMMON_PATTERNS, Part.REPORT, Part.DASHBOARD})

_ANYWHERE: Final = tuple(
    (re.compile(words, re.I), part)
    for words, part in (
        (r"out.of.scope|non-?goals?\b", Part.NONE),
        (r"\banti-?\s?patterns?\b", Part.ANTI_PATTERNS),
        (r"\bcommon\b.*\bpatterns?\b|\bpatterns? to (implement|adopt|apply|use)\b", Part.COMMON_PATTERNS),
        (r"\bcriteria\b", Part.CRITERIA),
        (r"\bmetrics\b", Part.METRICS),
        (r"\b(validation|verification) commands?\b", Part.VALIDATION),
        (r"\bcoordination\b", Part.COORDINATION),
        (r"\bdashboard\b", Part.DASHBOARD),
        (r"\breport (structure|format|template|outline)\b|\bfinal report\b", Part.REPORT),
        (r"\blaunch|\bexecution (plan|strategy|command)", Part.LAUNCH),
        (r"\bscope\b", Part.SCOPE_FIGURES),
    )
)
_IN_AGENT: Final = tuple(
    (re.compile(words, re.I), part)
    for words, part in (
        (r"^(file )?scopes?$|^(files|paths|globs)$", Part.SCOPE),
        (r"^(main )?focus$|^goal$", Part.FOCUS),
        (r"^(\w+ )?(code )?patterns?$", Part.PATTERNS),
        (r"^(\w+ )?(tasks?|to-?dos?)$", Part.TASKS),
    )
)
_AGENT = re.compile(r"\W*agent\s*(?:#|no\.?|number)?\s*([0-9]+)(?![0-9A-Za-z])\s*(.*)$", re.I)
_SIDES: Final[tuple[tuple[str, Side], ...]] = (
    ("before|wrong|bad|incorrect|don't", "before"),
    ("after|correct|good|right|instead", "after"),
)
_MARK: Final = r"\W*(?:{words})\b[*_]*(?:\s*(?:$|[:(])|\s+[-\u2013\u2014]\s)"
_BOLD_LABEL = re.compile(r"(?:\*\*|__)([^*_`]{1,60}?)\s*(:?)\s*(?:\*\*|__)\s*(:?)\s*(.*)$")
_PLAIN_LABEL = re.compile(r"([A-Za-z][A-Za-z /-]{1,40}):(?:\s+(.*))?$")


def agent_heading(text: str) -> tuple[str, str] | None:
    """Give an agent's number and name when the heading is one.

    >>> agent_heading("Agent 12: Billing Tests")
    ('12', 'Billing Tests')
    """
    found = _AGENT.match(text[:MAX_WORDS])
    if not found:
        return None
    name = re.sub(r"^[\s:.,)*_#\u2013\u2014-]+|[\s*_#:]+$", "", found[2].replace("`", ""))
    return found[1], re.sub(r"^\((.*)\)$", r"\1", name)


def part_named(text: str) -> Part | None:
    """Give the part that a heading names, or None when its words name none."""
    return next((part for words, part in _ANYWHERE if words.search(text[:MAX_WORDS])), None)


def agent_part_named(text: str) -> Part | None:
    """Give the part of one agent's assignment that a heading or label names, or None."""
    bare = re.sub(r"^\W+|\W+$", "", text[:MAX_WORDS])
    return next((part for words, part in _IN_AGENT if words.search(bare)), None)


def marked_side(text: str) -> Side | None:
    """Tell which side of a pattern a line announces.

    >>> marked_side("Before (WRONG):"), marked_side("CORRECT - Ask the factory"), marked_side("After all")
    ('before', 'after', None)
    """
    start = text[:MAX_WORDS]
    return next((side for words, side in _SIDES if re.match(_MARK.format(words=words), start, re.I)), None)


def label(text: str) -> tuple[str, str] | None:
    """Split a line "**Label**: rest" or "Label: rest" into label and rest; None when it is neither.

    >>> label("**Focus**: carts")
    ('Focus', 'carts')
    """
    if found := _BOLD_LABEL.match(text):
        return (found[1], found[4]) if found[2] or found[3] or not found[4] else None
    if found := _PLAIN_LABEL.match(text):
        return found[1], found[2] or ""
    return None
