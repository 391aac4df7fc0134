"""Makes a plan of a Markdown document: puts together what the other files of this folder read."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from cellwall.migrate.globs import scope_problem
from cellwall.migrate.plan.blocks import Heading, read_blocks
from cellwall.migrate.plan.commands import commands
from cellwall.migrate.plan.fault import fault
from cellwall.migrate.plan.items import globs, items, paragraph, plain, raw_lines
from cellwall.migrate.plan.model import Assignment, Item, Pattern, Plan
from cellwall.migrate.plan.pattern_code import patterns, sectioned
from cellwall.migrate.plan.read import clean_text, read_text
from cellwall.migrate.plan.sections import Section, split_sections
from cellwall.migrate.plan.words import Part, agent_heading

MAX_NUMBER: Final = 999
T = TypeVar("T")


def read_plan(path: Path) -> Plan:
    """Read a plan's file.

    Raises:
        PlanError: it cannot be executed; the message has path:line.
    """
    text, digest = read_text(path)
    return parse_plan(text, str(path), digest)


def parse_plan(text: str, path: str, digest: str = "") -> Plan:
    """Make the plan of a document's text; without a digest, it is taken of the text.

    Raises:
        PlanError: it cannot be executed; the message has path:line.
    """
    text = clean_text(text, path)
    blocks = read_blocks(text, path)
    sections = split_sections(blocks)
    of = _Parts(sections)
    heading = next((block for block in blocks if isinstance(block, Heading)), None)
    return Plan(
        path=path,
        digest=digest or hashlib.sha256(text.encode()).hexdigest(),
        title=plain(heading.text) if heading else "",
        agents=_agents(sections, path),
        scope_figures=of.each(Part.SCOPE_FIGURES, items),
        anti_patterns=of.patterns(Part.ANTI_PATTERNS),
        common_patterns=of.patterns(Part.COMMON_PATTERNS),
        coordination=of.each(Part.COORDINATION, items),
        success_criteria=of.each(Part.CRITERIA, items),
        validation_commands=of.each(Part.VALIDATION, lambda section: commands(section, path)),
        launch=of.each(Part.LAUNCH, lambda section: commands(section, path)),
        dashboard=of.each(Part.DASHBOARD, lambda section: raw_lines(section.blocks)),
        report_structure=of.each(Part.REPORT, lambda section: raw_lines(section.blocks)),
        success_metrics=of.each(Part.METRICS, items),
    )


class _Parts:
    """Collects what the sections of one part say, over the whole document."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = [section for section in sections if section.agent < 0 and section.within is None]
        self._within: dict[int, list[Section]] = {}
        for section in sections:
            if section.within:
                self._within.setdefault(id(section.within), []).append(section)

    def each(self, part: Part, take: Callable[[Section], Iterable[T]]) -> tuple[T, ...]:
        return tuple(found for section in self._sections if section.part is part for found in take(section))

    def patterns(self, part: Part) -> tuple[Pattern, ...]:
        return self.each(part, lambda section: sectioned(section, self._within.get(id(section), [])))


def _agents(sections: Sequence[Section], path: str) -> tuple[Assignment, ...]:
    by_agent: dict[int, list[Section]] = {}
    for section in sections:
        by_agent.setdefault(section.agent, []).append(section)
    agents: dict[int, Assignment] = {}
    for index, (head, *parts) in by_agent.items():
        if index < 0:
            continue
        agent = _agent(head, parts, path)
        if earlier := agents.get(agent.number):
            raise fault(path, agent.line, f"agent {agent.number} stands at line {earlier.line} already")
        agents[agent.number] = agent
    if not agents:
        raise fault(path, 1, 'the plan has no agents; each needs a heading such as "Agent 1: Name"')
    return tuple(agents.values())


def _agent(head: Section, parts: Sequence[Section], path: str) -> Assignment:
    digits, name = agent_heading(head.title) or ("0", "")
    if len(digits) > 9 or not 1 <= int(digits) <= MAX_NUMBER:
        raise fault(path, head.line, f"the agent's number {digits[:20]} is not between 1 and {MAX_NUMBER}")
    of: dict[Part, list[Section]] = {part: [] for part in Part}
    for section in parts:
        of[section.part].append(section)
    focus = next(filter(None, map(paragraph, of[Part.FOCUS])), Item("", 0))
    title = focus.text or name
    return Assignment(
        number=int(digits),
        name=name or f"Agent {digits}",
        scope=tuple(_scope(of[Part.SCOPE], path)),
        focus=focus.text,
        patterns=tuple(found for part in of[Part.PATTERNS] for found in patterns(part, otherwise=title)),
        tasks=tuple(item for part in of[Part.TASKS] for item in items(part)),
        line=head.line,
        focus_line=focus.line,
    )


def _scope(sections: Sequence[Section], path: str) -> Iterator[Item]:
    for section in sections:
        for glob in globs(section):
            if problem := scope_problem(glob.text):
                raise fault(path, glob.line, f"the scope {glob.text[:80]!r} {problem}")
            yield glob
