"""Groups a plan's blocks into sections: what stands below one heading or label, and which part that is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from cellwall.migrate.plan.blocks import Block, Heading, Text
from cellwall.migrate.plan.words import (
    KEEPS_SUBHEADINGS,
    Part,
    agent_heading,
    agent_part_named,
    label,
    marked_side,
    part_named,
)

LABEL_LEVEL: Final = 7  # a label is below every heading


@dataclass(slots=True)
class Section:
    """What stands below one heading or label, up to the next.

    Attributes:
        part: which part of the plan it is; a heading without words of its own belongs to the one above.
        agent: index of the agent that it belongs to, -1 for none.
        title, line, level: of the heading or label.
        within: the section of patterns that this pattern stands in.
    """

    part: Part
    agent: int
    title: str
    line: int
    level: int
    within: "Section | None" = None
    blocks: list[Block] = field(default_factory=list)


def split_sections(blocks: Sequence[Block]) -> list[Section]:
    """Give the sections in order. The document's first heading is its title and names no part."""
    splitter = _Splitter()
    for block in blocks:
        splitter.take(block)
    return splitter.sections


class _Splitter:
    """Keeps the headings that are open at a place, the innermost last."""

    def __init__(self) -> None:
        self.sections = [Section(Part.NONE, -1, "", 1, 0)]
        self._open = self.sections[:]
        self._agents = 0
        self._titled = False

    def take(self, block: Block) -> None:
        """Let a heading or a label begin a section; put everything else into the present one."""
        if isinstance(block, Heading):
            self._take_heading(block)
        elif not (isinstance(block, Text) and self._take_label(block)):
            self._open[-1].blocks.append(block)

    def _take_heading(self, heading: Heading) -> None:
        first, self._titled = not self._titled, True
        if keeper := self._keeper(heading.level):
            self._take_kept_heading(heading, keeper)
        elif agent_heading(heading.text):
            self._agents += 1
            self._begin(Part.AGENT, self._agents - 1, heading)
        else:
            self._close(heading.level)
            above = self._open[-1]
            part, agent = above.part, above.agent
            if not first:
                part, agent = self._named(heading.text, above) or (part, agent)
            self._begin(Part.NONE if part is Part.AGENT else part, agent, heading)

    def _keeper(self, level: int) -> Section | None:
        """Give the open section that keeps headings of this level as its own."""
        above = (section for section in self._open if section.level < level)
        return next((section for section in above if section.part in KEEPS_SUBHEADINGS), None)

    def _take_kept_heading(self, heading: Heading, keeper: Section) -> None:
        """Begin a pattern; a heading inside a pattern or a report is a line of it."""
        self._close(heading.level)
        if keeper.part in (Part.REPORT, Part.DASHBOARD):
            keeper.blocks.append(heading)
        elif self._open[-1] is keeper and not marked_side(heading.text):
            self._begin(keeper.part, -1, heading, within=keeper)
        else:
            self._open[-1].blocks.append(Text(heading.text, heading.line))

    @staticmethod
    def _named(text: str, above: Section) -> tuple[Part, int] | None:
        if above.agent >= 0 and (part := agent_part_named(text)):
            return part, above.agent
        part_or_none = part_named(text)
        return None if part_or_none is None else (part_or_none, -1)

    def _take_label(self, text: Text) -> bool:
        """Begin a section by a label; its rest of the line is the section's first text."""
        present = self._open[-1]
        parts = label(text.text)
        if parts is None or present.part in KEEPS_SUBHEADINGS:
            return False
        title, rest = parts
        if present.agent >= 0:
            part = None if _inside_tasks(text, present) else agent_part_named(title)
        else:
            part = None if text.depth or rest else part_named(title)
        if part is None:
            return False
        self._begin(part, present.agent, Heading(title, text.line, LABEL_LEVEL))
        if rest:
            self._open[-1].blocks.append(Text(rest, text.line))
        return True

    def _close(self, level: int) -> None:
        while self._open[-1].level >= level:
            self._open.pop()

    def _begin(self, part: Part, agent: int, heading: Heading, within: Section | None = None) -> None:
        self._close(heading.level)
        section = Section(part, agent, heading.text, heading.line, heading.level, within)
        self.sections.append(section)
        self._open.append(section)


def _inside_tasks(text: Text, present: Section) -> bool:
    """Whether a list item that looks like a label stands among tasks, and so is one."""
    if present.part is not Part.TASKS or not text.depth:
        return False
    return text.depth >= next((item.depth for item in list_items(present.blocks)), 1)


def list_items(blocks: Iterable[Block]) -> Iterator[Text]:
    """Give the first line of each list item among the blocks."""
    return (block for block in blocks if isinstance(block, Text) and block.starts_item)
