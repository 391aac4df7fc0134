"""Applies fixes to one file's bytes, round by round, until nothing more can be repaired. Writes no file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from cellwall.check.changed_lines import EVERY_LINE, Ranges, touches
from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.edit import Edit, Fix, Safety, apply_edits
from cellwall.check.engine import check_module, rules_for
from cellwall.check.finding import Finding
from cellwall.check.import_edits import import_edits
from cellwall.check.javascript.languages import language_of
from cellwall.check.lines import LineIndex
from cellwall.check.lost_comments import loses_comment
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.offset_map import OffsetMap
from cellwall.check.original_place import originally, span_of
from cellwall.check.parse import ParseError
from cellwall.check.reason import Reason
from cellwall.check.settings import CheckSettings

MAX_ROUNDS: Final = 12
DROPPED: Final = "the repaired file would not parse, would lose a comment, or would still have the finding"


@dataclass(frozen=True, slots=True)
class FixResult:
    """What came of repairing one file.

    Attributes:
        source: the new bytes; the old ones where nothing was repaired.
        repaired: findings of the old file, with its lines, in the order in which they were repaired.
        remaining: findings of the new file, suppressed ones too. One whose fix is unsafe and was not
            asked for keeps its fix; every other has a reason.
    """

    source: bytes
    repaired: tuple[Finding, ...]
    remaining: tuple[Finding, ...]


def fix_source(
    path: str,
    source: bytes,
    settings: CheckSettings,
    project: ProjectFacts,
    *,
    unsafe: bool = False,
    lines: Ranges = EVERY_LINE,
) -> FixResult:
    """Repair what can be repaired in one file; a second run over the result changes nothing.

    A file that does not parse comes back as it is. A fix after which the file would not parse, would lose a
    comment that stands inside of what it replaces, or would still have the finding, is dropped. Findings that
    touch none of `lines` (of the file as it came) are left alone, and left out.
    """
    if language_of(path) is not None:
        from cellwall.check.javascript.fixer import fix_script

        return fix_script(path, source, settings, unsafe=unsafe, lines=lines)
    work = _Work(path, source, settings, project, unsafe, lines)
    current = work.look(source)
    if current is None:
        return FixResult(source, (), ())
    rounds = MAX_ROUNDS + 2 * len(current.findings)
    for _ in range(rounds):
        following = work.advance(current)
        if following is None:
            break
        current = following
    remaining = tuple(
        work.with_reason(current, finding) for finding in current.findings if work.is_wanted(current, finding)
    )
    return FixResult(current.module.source, tuple(work.repaired), remaining)


@dataclass(frozen=True)
class _Version:
    """One version of the file on the way, with its facts and findings."""

    module: ModuleFacts
    findings: tuple[Finding, ...]

    def span(self, finding: Finding) -> tuple[int, int]:
        """Give a finding's offsets."""
        return span_of(finding, self.module.lines)

    def size(self, finding: Finding) -> int:
        """Give the length of a finding's place in bytes."""
        start, end = self.span(finding)
        return end - start

    def count(self, code: str, start: int, end: int) -> int:
        """Count the findings of a rule that start within a range."""
        return sum(found == code and start <= offset < end for found, offset in self.starts)

    @cached_property
    def starts(self) -> list[tuple[str, int]]:
        """Code and offset of every finding."""
        return [(finding.code, self.span(finding)[0]) for finding in self.findings]


@dataclass
class _Work:
    """The state of repairing one file."""

    path: str
    original: bytes
    settings: CheckSettings
    project: ProjectFacts
    unsafe: bool
    lines: Ranges
    repaired: list[Finding] = field(default_factory=list)
    dropped: set[tuple[str, int]] = field(default_factory=set)  # code and offset in the current version
    maps: list[OffsetMap] = field(default_factory=list)

    @cached_property
    def before(self) -> LineIndex:
        """The lines of the file as it came."""
        return LineIndex(self.original)

    def look(self, source: bytes) -> _Version | None:
        """Check a version of the file; None when it does not parse, or a rule fails on it."""
        module = self._facts(source)
        if module is None:
            return None
        failures: list[str] = []
        rules = rules_for(self.path, source, self.settings, self.project, failures)
        found = check_module(module, rules, self.settings, failures)
        return None if failures else _Version(module, found)

    def _facts(self, source: bytes) -> ModuleFacts | None:
        is_test = self.settings.is_test_file(self.path)
        module = module_facts(self.path, source, self.project, is_test=is_test)
        return None if isinstance(module, ParseError) else module

    def advance(self, version: _Version) -> _Version | None:
        """Apply all fixes that fit together; when that spoils something, the first one alone, or drop it."""
        chosen = self._chosen(version)
        while chosen:
            following = self._apply(version, chosen)
            if following is not None:
                return following
            if len(chosen) == 1:
                self.dropped.add((chosen[0].code, version.span(chosen[0])[0]))
                chosen = self._chosen(version)
            else:
                chosen = chosen[:1]
        return None

    def with_reason(self, version: _Version, finding: Finding) -> Finding:
        """Give a finding that remains, with the reason where its fix was dropped."""
        if finding.fix is None or (finding.code, version.span(finding)[0]) not in self.dropped:
            return finding
        return finding._replace(fix=None, reason=Reason.UNKNOWN_SHAPE, detail=DROPPED)

    def _chosen(self, version: _Version) -> list[Finding]:
        """Choose the fixes that do not get in each other's way, of nested ones the inner; in source order."""
        chosen: list[Finding] = []
        edits: set[Edit] = set()
        for finding in sorted(version.findings, key=version.size):
            fix = finding.fix
            if fix is None or finding.suppressed is not None or not self._allowed(fix):
                continue
            place = finding.code, version.span(finding)[0]
            if place in self.dropped or _collide(fix.edits, edits):
                continue
            if loses_comment(version.module.source, fix.edits):
                self.dropped.add(place)
                continue
            if not self.is_wanted(version, finding):
                continue
            chosen.append(finding)
            edits.update(fix.edits)
        return sorted(chosen, key=version.findings.index)

    def _allowed(self, fix: Fix) -> bool:
        return self.unsafe or fix.safety is Safety.SAFE

    def _apply(self, version: _Version, chosen: Sequence[Finding]) -> _Version | None:
        """Apply the fixes of the chosen findings; None when the result is not what was wanted."""
        edits: list[Edit] = []
        imports: list[str] = []
        for finding in chosen:
            if finding.fix is not None:
                edits += finding.fix.edits
                imports += finding.fix.imports
        following, moved = self._edited(version, edits, imports)
        if following is None or self._left(version, following, chosen, moved):
            return None
        self.repaired += [self._original(version, finding) for finding in chosen]
        self.maps += moved
        self.dropped = {(code, _forward(moved, offset)) for code, offset in self.dropped}
        return following

    def _edited(
        self, version: _Version, edits: Sequence[Edit], imports: Sequence[str]
    ) -> tuple[_Version | None, list[OffsetMap]]:
        """Apply edits, then add imports (an edit may stand where they go); None when nothing comes of it."""
        try:
            source = apply_edits(version.module.source, edits)
        except ValueError:
            return None, []
        module = self._facts(source)
        if module is None or source == version.module.source:
            return None, []
        added = import_edits(module, imports)
        moved = [OffsetMap.of(edits), OffsetMap.of(added)]
        return self.look(apply_edits(source, added)), moved

    def _left(
        self,
        version: _Version,
        following: _Version,
        chosen: Sequence[Finding],
        moved: Sequence[OffsetMap],
    ) -> bool:
        """Tell whether one of the chosen findings is still there in the new version."""
        for finding in chosen:
            start, end = version.span(finding)
            before = version.count(finding.code, start, end)
            gone = sum(f.code == finding.code and start <= version.span(f)[0] < end for f in chosen)
            if following.count(finding.code, _forward(moved, start), _forward(moved, end)) > before - gone:
                return True
        return False

    def is_wanted(self, version: _Version, finding: Finding) -> bool:
        """Tell whether a finding touches one of the lines that the repair is about."""
        return self.lines is EVERY_LINE or touches(self._original(version, finding), self.lines)

    def _original(self, version: _Version, finding: Finding) -> Finding:
        """Give a finding with the line and column that it had in the file as it came."""
        return originally(finding, version.module.lines, self.maps, self.before)


def _forward(moved: Sequence[OffsetMap], offset: int) -> int:
    for step in moved:
        offset = step.forward(offset)
    return offset


def _collide(new: Sequence[Edit], chosen: set[Edit]) -> bool:
    """Tell whether an edit that is not among the chosen ones touches the inside of one of them."""
    return any(one not in chosen and any(_overlap(one, other) for other in chosen) for one in new)


def _overlap(one: Edit, other: Edit) -> bool:
    inserted = one.start == one.end
    if inserted or other.start == other.end:
        inner, outer = (one, other) if inserted else (other, one)
        return outer.start < inner.start < outer.end
    return one.start < other.end and other.start < one.end
