"""Repairs files of a tree on disk, one by one, and remembers what came of it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, final

from cellwall.check.changed_lines import EVERY_LINE, Ranges
from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.file_report import FileReport
from cellwall.check.finding import Finding
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import SourceTree
from cellwall.check.time_limit import SECONDS, TooSlow, limited

if TYPE_CHECKING:
    from cellwall.check.fixer import FixResult

_Answer = TypeVar("_Answer")
Show = Callable[[str, bytes, bytes], None]


@final
class Repairs:
    """What was repaired so far. With `show`, changes are shown (path, before, after) and not written."""

    def __init__(
        self,
        root: Path,
        tree: SourceTree,
        settings: CheckSettings,
        project: ProjectFacts,
        *,
        unsafe: bool,
        show: Show | None = None,
    ) -> None:
        """Repair nothing yet."""
        self._root = root
        self._tree = tree
        self._settings = settings
        self._project = project
        self._unsafe = unsafe
        self._show = show
        self.repaired: list[Finding] = []
        self.not_written: list[str] = []
        self.failures: list[str] = []
        self.written: set[str] = set()

    def repair(self, report: FileReport, lines: Ranges = EVERY_LINE) -> Sequence[Finding]:
        """Repair what touches the lines of one file, and give the findings that are there afterwards."""
        made = self.fixed(report, lines)
        if made is None:
            return report.findings
        before, result = made
        if result.source == before:
            return result.remaining
        if self._show is not None:
            self._show(report.path, before, result.source)
            return report.findings
        if not self.write(report.path, result.source, before=before):
            return report.findings
        self.repaired += result.repaired
        return result.remaining

    def fixed(self, report: FileReport, lines: Ranges = EVERY_LINE) -> "tuple[bytes, FixResult] | None":
        """Give what stands in one file and what comes of repairing that, None where nothing does."""
        if not any(finding.fix for finding in report.findings):
            return None
        before = self._before(report)
        if before is None:
            return None
        from cellwall.check.fixer import fix_source  # most checks repair nothing, and start faster

        settings = self._settings.of(report.path)
        result = self._worked_out(
            report.path,
            "repair",
            lambda: fix_source(
                report.path, before, settings, self._project, unsafe=self._unsafe, lines=lines
            ),
        )
        return None if result is None else (before, result)

    def silence(self, report: FileReport, reason: str, lines: Ranges = EVERY_LINE) -> Sequence[Finding]:
        """Silence what touches the lines of one file by comments, and give what is found there afterwards."""
        if all(finding.suppressed is not None for finding in report.findings):
            return report.findings
        before = self._before(report)
        if before is None:
            return report.findings
        from cellwall.check.added_suppressions import add_suppressions

        made = self._worked_out(
            report.path,
            "silencing",
            lambda: add_suppressions(
                report.path, before, self._settings, self._project, reason=reason, lines=lines
            ),
        )
        if made is None:
            return report.findings
        after, found = made
        if after != before and not self.write(report.path, after, before=before):
            return report.findings
        return found

    def _before(self, report: FileReport) -> bytes | None:
        """Give what stands in a file that is to be changed, None where it is to be left alone."""
        if report.failures:
            self.not_written.append(f"{report.path}: is left as it is, since a rule failed on it")
            return None
        try:
            return self._tree.read(report.path)
        except OSError as error:
            self.not_written.append(f"{report.path}: cannot be read ({error.strerror or error})")
            return None

    def _worked_out(self, path: str, what: str, work: Callable[[], _Answer]) -> _Answer | None:
        """Do what runs rules over changed text; where that takes too long or ends the process, tell it."""
        from cellwall.check.apart import apart

        def in_time() -> _Answer:
            with limited(SECONDS):
                return work()

        try:
            answer = apart(self._settings.of(path), path, in_time)
        except TooSlow:
            self.not_written.append(f"{path}: its {what} was given up after {SECONDS:.0f} s of work")
            return None
        if answer is None:
            self.failures.append(
                f"{path}: its {what} ended the process; go on without the rules of other distributions"
            )
        return answer

    def write(self, path: str, content: bytes, *, before: bytes) -> bool:
        """Replace a file's content, which was `before` when it was read, and tell whether that went well."""
        from cellwall.check.atomic_write import WriteError, atomic_write

        try:
            atomic_write(self._root / path, content, before=before)
        except WriteError as error:
            self.not_written.append(str(error))
            return False
        self.written.add(path)
        return True
