"""Checks the files of a tree, and asks the cache first. Writes nothing but the cache."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final, final

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.file_report import FileReport
from cellwall.check.findings_cache import FindingsCache
from cellwall.check.garbage import collection_paused
from cellwall.check.javascript.languages import language_of
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import SourceTree, read_in_order
from cellwall.check.time_limit import SECONDS, each_limited

if TYPE_CHECKING:
    from cellwall.check.project_facts import FactScan

WORKERS: Final = 2
_UNREADABLE: Final = "unreadable"
_FEW: Final = 16  # of more changed files than these, facts are taken from all at once


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
        next(checked, None)  # it ends its processes behind the last file
        self.save()

    def _checked(self, paths: Sequence[str], workers: int) -> Iterator[FileReport]:
        """Check files; what that needs is imported only when the cache does not know them all."""
        if not paths:
            return iter(())
        from cellwall.check import worker_pool

        work = worker_pool.Checking(self._tree, self._settings, self.project)
        return worker_pool.check_files(work, paths, workers=workers)

    def save(self) -> None:
        """Write the cache, if it changed."""
        if self._cache is not None:
            self._cache.save(frozenset((*self._tree.paths(), *self._tree.scripts())))

    def _facts(self) -> ProjectFacts:
        """Give facts that were kept, as long as no file changed in what others need to know of it."""
        cache = self._cache
        if cache is not None and not cache.is_empty:
            paths = self._tree.paths()
            self._digests.update(cache.unchanged(paths))
            others = [path for path in paths if path not in self._digests]
            changed = [path for path in others if self._look(cache, path)]
            if not changed or self._says_the_same(cache, changed):
                facts = cache.facts(self._tree_digest(cache))
                if facts is not None:
                    return facts
        return self._collected(cache)

    def _collected(self, cache: FindingsCache | None) -> ProjectFacts:
        """Collect facts from all files; what the cache needs to know of these comes from the same reading."""
        from cellwall.check.project_facts import FactScan

        with each_limited(SECONDS) as steps:
            scan = FactScan(self._tree, self._settings, steps)
            for path in self._tree.paths():
                if cache is not None and path not in self._digests:
                    self._look(cache, path, scan)
                else:
                    with suppress(OSError):
                        scan.add(path, self._tree.read(path))
            facts = scan.facts()
        if cache is not None:
            self._keep_facts(cache, scan, facts)
        return facts

    def _keep_facts(self, cache: FindingsCache, scan: "FactScan", facts: ProjectFacts) -> None:
        """Keep facts that are whole; nothing that rests on others is kept or was."""
        if facts.failures:
            self._cache = None
            return
        for path in self._tree.paths():
            cache.keep_fact_digest(path, scan.digests.of(path))
        cache.keep_facts(self._tree_digest(cache), facts)

    def _says_the_same(self, cache: FindingsCache, changed: Sequence[str]) -> bool:
        """Tell whether others know these files by what they knew before; False where it takes all to tell."""
        known = {path: cache.fact_digest(path) for path in changed}
        if len(changed) > _FEW or not all(known.values()):
            return False
        from cellwall.check.project_facts import FactScan

        with each_limited(SECONDS) as steps, suppress(OSError):
            scan = FactScan(self._tree, self._settings, steps)
            return all(scan.says_the_same(path, self._tree.read(path), known[path]) for path in changed)
        return False

    def _tree_digest(self, cache: FindingsCache) -> str:
        """Give what changes when a file comes or goes, or what others need to know of one changes."""
        paths = self._tree.paths()
        text = "\0".join([*paths, *map(cache.fact_digest, paths)])
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def _look(self, cache: FindingsCache, path: str, scan: "FactScan | None" = None) -> bool:
        """Tell whether a file changed; it is read where its time did, and `scan` sees it then."""
        stamp = self._stamps[path] = cache.stamp(path)
        digest = cache.digest(path, stamp)
        changed = False
        if digest is None:
            digest = self._read_digest(path, scan)
            changed = cache.keep(path, stamp, digest, None)
        self._digests[path] = digest
        return changed

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
            self._look(cache, path)  # no fact is taken from scripts, so nobody has looked at it yet
        digest = self._digests.get(path, _UNREADABLE)
        return cache.report(path, digest) if digest != _UNREADABLE else None

    def _keep(self, report: FileReport) -> None:
        digest = self._digests.get(report.path, _UNREADABLE)
        if self._cache is not None and digest != _UNREADABLE and not report.failures:
            looked, path = report.path in self._stamps, report.path
            stamp = self._stamps[path] if looked else self._cache.kept_stamp(path)
            self._cache.keep(path, stamp, digest, report)
