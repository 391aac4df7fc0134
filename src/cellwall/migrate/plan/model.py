"""A plan as data: what the Markdown says, each part with the line where it stands; decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One line of text of the plan: a task, a criterion, a metric, a coordination rule, a scope figure."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A code block that shows how code must look, with what it replaces where the plan says so.

    `before` and `after` come from the comments WRONG/CORRECT or Before/After; a block without such
    comments is all `after`. `line` is the heading's where the pattern has one of its own, else the code
    block's; `before_line` and `after_line` are where the code starts, 0 where there is none. `language` is
    what the block's fence says.
    """

    title: str
    before: str
    after: str
    line: int
    before_line: int = 0
    after_line: int = 0
    language: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One agent's part of the plan; `focus_line` is 0 when the plan gives no focus."""

    number: int
    name: str
    scope: tuple[Item, ...]  # one glob each
    focus: str
    patterns: tuple[Pattern, ...]
    tasks: tuple[Item, ...]
    line: int
    focus_line: int = 0


@dataclass(frozen=True, slots=True)
class Command:
    """A command that the plan names. `options` maps "--agents" to "8"; a flag without a value maps to ""."""

    argv: tuple[str, ...]
    options: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan; `path` is as the user gave it, `digest` the SHA-256 of the file's bytes in hex."""

    path: str
    digest: str
    title: str
    agents: tuple[Assignment, ...]
    scope_figures: tuple[Item, ...]
    anti_patterns: tuple[Pattern, ...]
    common_patterns: tuple[Pattern, ...]
    coordination: tuple[Item, ...]
    success_criteria: tuple[Item, ...]
    validation_commands: tuple[Command, ...]
    launch: tuple[Command, ...]
    dashboard: tuple[Item, ...]
    report_structure: tuple[Item, ...]
    success_metrics: tuple[Item, ...]
