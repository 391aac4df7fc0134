"""The sections that the plan's own report structure asks for, filled with what was measured."""

from typing import Any, Final

from cellwall.migrate.terms import Terms
from cellwall.migrate.views.document import Block, Document, Heading, Line
from cellwall.migrate.views.measured_lines import measured_line
from cellwall.migrate.views.remaining_section import remaining_blocks

REMAINING: Final = Terms((("remain", "left", "open", "todo", "to do", "follow up", "outstanding"),))
OURS: Final = (
    "# Report of the run",
    "## In short",
    "- Files updated",
    "- Patterns applied",
    "- Anti-patterns removed",
    "- New tests",
    "- Coverage",
    "## Isolation",
    "- Concurrent users",
    "- WebSockets",
    "- Database",
    "- Tools",
    "## What remains",
)


def plan_sections(structure: list[dict[str, Any]], data: dict[str, Any]) -> Document:
    """Give the plan's headings and lines (ours where the plan has none), then what remains if nobody asked.

    A line keeps its label and loses its sample value; under a heading of remaining work stands what remains.
    """
    texts = [str(item["text"]) for item in structure] or list(OURS)
    blocks: list[Block] = []
    told = in_remaining = False
    for text in texts:
        if heading := _heading(text):
            blocks.append(heading)
            in_remaining = heading.level > 1 and REMAINING.cover(heading.text)
            blocks += remaining_blocks(data) if in_remaining and not told else []
            told = told or in_remaining
        elif not in_remaining and (label := _label(text)):
            blocks.append(measured_line(label, data))
    if not any(isinstance(block, Heading) and block.level == 1 for block in blocks):
        blocks.insert(0, Heading(1, OURS[0].strip("# ")))
    return blocks if told else [*blocks, Heading(2, OURS[-1].strip("# ")), *remaining_blocks(data)]


def _heading(text: str) -> Heading | None:
    mark, _, rest = text.strip().partition(" ")
    return Heading(min(len(mark), 4), rest.strip()) if mark and not mark.strip("#") else None


def _label(text: str) -> str:
    """Give what stands before the colon; a line without one is a label as a whole."""
    return text.strip().lstrip("-*+ ").partition(":")[0].replace("**", "").strip()


def lines_of(document: Document) -> dict[str, Line]:
    """Give the lines by their labels."""
    return {block.label: block for block in document if isinstance(block, Line)}
