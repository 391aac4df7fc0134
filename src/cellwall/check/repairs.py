"""Repairs files of a tree on disk, one by one, and remembers what came of it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import final

from cellwall.check.changed_lines import EVERY_LINE, Ranges
from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.file_report import FileReport
from cellwall.check.finding import Finding
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import SourceTree
from cellwall.check.time_limit import SECONDS, TooSlow, limited

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
        self.written: set[str] = set()

    def repair(self, report: FileReport, lines: Ranges = EVERY_LINE) -> Sequence[Finding]:
        """Repair what touches the lines of one file, and give the findings that are there afterwards."""
        if not any(finding.fix for finding in report.findings):
            return report.findings
        try:
            before = self._tree.read(report.path)
        except OSError as error:
            self.not_written.append(f"{report.path}: cannot be read ({error.strerror or error})")
            return report.findings
        from cellwall.check.fixer import fix_source  # most checks repair nothing, and start faster

        settings = self._settings.of(report.path)
        try:
            with limited(SECONDS):
                result = fix_source(
                    report.path, before, settings, self._project, unsafe=self._unsafe, lines=lines
                )
        except TooSlow:
            self.not_written.append(f"{report.path}: its repair was given up after {SECONDS:.0f} s of work")
            return report.findings
        if result.source == before:
            return result.remaining
        if self._show is not None:
            self._show(report.path, before, result.source)
            return report.findings
        if not self.write(report.path, result.source, before=before):
            return report.findings
        self.repaired += result.repaired
        return result.remaining

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
