"""The gate "findings": what the patch says it repaired is gone, and nothing is there that was not before."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import final

from cellwall.check.engine import check_source
from cellwall.check.finding import Finding
from cellwall.check.project_facts import ProjectFacts, collect_facts
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.migrate.batch import Patch
from cellwall.migrate.gates.evidence import listed
from cellwall.migrate.gates.gate import Subject, Verdict
from cellwall.migrate.languages import is_source
from cellwall.project.number_of import number_of


@dataclass(frozen=True, slots=True)
class FileFindings:
    """All findings of one changed file before and after, suppressed ones too, and how many were repaired.

    A finding that the patch only silences is still there.
    """

    path: str
    before: tuple[Finding, ...]
    after: tuple[Finding, ...]
    repaired: Counter[str]  # rule -> number of sites that the patch says it repaired


@final
class FindingsGate:
    """Refuse a patch whose repairs do not hold, or that brings new findings."""

    name = "findings"

    def judge(self, subject: Subject) -> Verdict:
        """Check the changed files before and after, all rules, by the project facts of the base."""
        settings = CheckSettings.from_project(subject.project, include_app=True)
        facts = subject.facts or collect_facts(DirectorySourceTree(subject.base_dir), settings)
        files = list(file_findings(subject.patch, settings, facts))
        objections = [*unchanged_claims(subject.patch), *(o for file in files for o in compare(file))]
        figures: dict[str, object] = {
            "before": _counts(finding for file in files for finding in file.before),
            "after": _counts(finding for file in files for finding in file.after),
            "repaired": dict(sorted(Counter(site.rule for site in subject.patch.repaired).items())),
        }
        if objections:
            return Verdict(self.name, False, listed(objections), figures)
        gone = len(subject.patch.repaired)
        return Verdict(
            self.name, True, f"{number_of(gone, 'finding is', 'findings are')} gone, none is new", figures
        )


def file_findings(patch: Patch, settings: CheckSettings, facts: ProjectFacts) -> Iterator[FileFindings]:
    """Give the findings of each changed source file."""
    for change in patch.changes:
        if is_source(change.path):
            before, after = (
                check_source(change.path, source or b"", settings, facts).findings
                for source in (change.before, change.after)
            )
            repaired = Counter(site.rule for site in patch.repaired if site.path == change.path)
            yield FileFindings(change.path, before, after, repaired)


def unchanged_claims(patch: Patch) -> Iterator[str]:
    """Object to repairs in files that the patch does not change."""
    changed = set(patch.paths)
    for site in patch.repaired:
        if site.path not in changed:
            yield f"{site.path}:{site.line}: said to be repaired ({site.rule}), and the file does not change"


def compare(file: FileFindings) -> Iterator[str]:
    """Give what is wrong in one file; counts decide, lines and messages only name (lines move)."""
    before, after = (Counter(finding.rule for finding in side) for side in (file.before, file.after))
    for rule in sorted(before.keys() | after.keys() | file.repaired.keys()):
        claimed = file.repaired[rule]
        if claimed > before[rule]:
            yield f"{file.path}: {claimed} sites of {rule} said to be repaired, there were {before[rule]}"
        elif after[rule] > before[rule] - claimed:
            yield from _excess(file, rule, after[rule] - (before[rule] - claimed))
    if _silenced(file.after) > _silenced(file.before):
        yield f"{file.path}: findings are silenced by comments that were not there"


def _excess(file: FileFindings, rule: str, number: int) -> Iterator[str]:
    """Name the findings that should not be there: those with new messages first."""
    known = Counter(finding.message for finding in file.before if finding.rule == rule)
    new: list[Finding] = []
    old: list[Finding] = []
    for finding in file.after:
        if finding.rule == rule:
            known[finding.message] -= 1
            (new if known[finding.message] < 0 else old).append(finding)
    for finding in [*new, *old][:number]:
        what = "new" if finding in new else "still there, though said to be repaired"
        yield f"{file.path}:{finding.line}: {finding.code} {finding.rule} is {what}: {finding.message}"


def _silenced(findings: Sequence[Finding]) -> int:
    return sum(finding.suppressed is not None for finding in findings)


def _counts(findings: Iterable[Finding]) -> dict[str, int]:
    return dict(sorted(Counter(finding.rule for finding in findings).items()))
