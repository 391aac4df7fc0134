"""Checks the files of a tree, and asks the cache first. Writes nothing but the cache."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final, final

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.file_report import FileReport
from cellwall.check.findings_cache import FindingsCache
from cellwall.check.garbage import collection_paused
from cellwall.check.javascript.languages import language_of
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import SourceTree, read_in_order
from cellwall.check.time_limit import SECONDS, Steps, each_limited

if TYPE_CHECKING:
    from cellwall.check.project_facts import FactScan

WORKERS: Final = 2
_UNREADABLE: Final = "unreadable"


@final
class CachedCheck:
    """One check over one tree. `project` are the facts of the whole tree, cached or collected."""

    def __init__(self, tree: SourceTree, settings: CheckSettings, cache: FindingsCache | None) -> None:
        """Work out the facts; every file whose time or size changed is read for that."""
        self._tree = tree
        self._settings = settings
        self._cache = cache
        self._digests: dict[str, str] = {}
        self._stamps: dict[str, tuple[int, int] | None] = {}  # taken before the file was read
        with collection_paused(), read_in_order(tree):
            self.project: ProjectFacts = self._facts()

    def reports(self, paths: Sequence[str], *, workers: int = WORKERS) -> Iterator[FileReport]:
        """Give a report for each file, in this order, and save the cache at the end."""
        known = {path: report for path in paths if (report := self._known(path)) is not None}
        missing = [path for path in paths if path not in known]
        checked = self._checked(missing, workers)
        for path in paths:
            report = known.get(path)
            if report is None:
                report = next(checked)
                self._keep(report)
            yield report
        self.save()

    def _checked(self, paths: Sequence[str], workers: int) -> Iterator[FileReport]:
        """Check files; what that needs is imported only when the cache does not know them all."""
        if not paths:
            return iter(())
        from cellwall.check import worker_pool

        work = worker_pool.Checking(self._tree, self._settings, self.project)
        return worker_pool.check_files(work, paths, workers=workers)

    def _collected(self) -> ProjectFacts:
        from cellwall.check.project_facts import collect_facts

        return collect_facts(self._tree, self._settings)

    def save(self) -> None:
        """Write the cache, if it changed."""
        if self._cache is not None:
            self._cache.save(frozenset((*self._tree.paths(), *self._tree.scripts())))

    def _facts(self) -> ProjectFacts:
        cache = self._cache
        if cache is None:
            return self._collected()
        with each_limited(SECONDS) if cache.is_empty else nullcontext() as steps:
            scan = self._scan(steps) if steps is not None else None
            digest = self._tree_digest(cache, scan)
            facts = cache.facts(digest)
            if facts is None:
                facts = scan.facts() if scan is not None else self._collected()
                self._keep_facts(cache, digest, facts)
        return facts

    def _keep_facts(self, cache: FindingsCache, digest: str, facts: ProjectFacts) -> None:
        """Keep facts that are whole; nothing that rests on others is kept or was."""
        if facts.failures:
            self._cache = None
        else:
            cache.keep_facts(digest, facts)

    def _scan(self, steps: Steps) -> "FactScan":
        """Give what takes the facts from the files as they are read for the first time."""
        from cellwall.check.project_facts import FactScan

        return FactScan(self._tree, self._settings, steps)

    def _tree_digest(self, cache: FindingsCache, scan: "FactScan | None") -> str:
        """Give what changes when any file of the tree changes; `scan` sees every file that is read."""
        whole = hashlib.blake2b(digest_size=16)
        for path in self._tree.paths():
            digest = self._digest(cache, path, scan)
            whole.update(f"{path}\0{digest}\0".encode("utf-8", "surrogatepass"))
        return whole.hexdigest()

    def _digest(self, cache: FindingsCache, path: str, scan: "FactScan | None" = None) -> str:
        """Give what changes when a file does, and remember it; the file is read where its time changed."""
        stamp = self._stamps[path] = cache.stamp(path)
        digest = cache.digest(path, stamp)
        if digest is None:
            digest = self._read_digest(path, scan)
            cache.keep(path, stamp, digest, None)
        self._digests[path] = digest
        return digest

    def _read_digest(self, path: str, scan: "FactScan | None") -> str:
        try:
            source = self._tree.read(path)
        except OSError:
            return _UNREADABLE
        if scan is not None:
            scan.add(path, source)
        return hashlib.sha256(source).hexdigest()  # processors have instructions for it

    def _known(self, path: str) -> FileReport | None:
        cache = self._cache
        if cache is None:
            return None
        if path not in self._digests and language_of(path) is not None:
            self._digest(cache, path)  # no fact is taken from scripts, so nobody has looked at it yet
        digest = self._digests.get(path, _UNREADABLE)
        return cache.report(path, digest) if digest != _UNREADABLE else None

    def _keep(self, report: FileReport) -> None:
        digest = self._digests.get(report.path, _UNREADABLE)
        if self._cache is not None and digest != _UNREADABLE and not report.failures:
            self._cache.keep(report.path, self._stamps[report.path], digest, report)
