"""The gate "scope": a patch changes what it says and may change, and nothing else, by the disk."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import final

from cellwall.migrate.batch import FileChange, Patch
from cellwall.migrate.gates.evidence import listed
from cellwall.migrate.gates.gate import Subject, Verdict
from cellwall.migrate.gates.tree_difference import Difference, differences
from cellwall.project.number_of import number_of

NEW_FILE_MODE = 0o644


@final
class ScopeGate:
    """Refuse a patch that reaches outside the batch, and a workspace that differs from its patch.

    The merge takes the patch, the other gates read the disk: both must say the same.
    """

    name = "scope"

    def judge(self, subject: Subject) -> Verdict:
        """Compare the two workspaces byte by byte and hold the difference against patch and batch."""
        found = list(differences(subject.base_dir, subject.patched_dir))
        objections = [*_of_patch(subject.patch, subject.allowed), *_of_disk(subject, found)]
        figures = {"changed": len(subject.patch.changes), "differences": len(found)}
        if objections:
            return Verdict(self.name, False, listed(objections), figures)
        return Verdict(
            self.name,
            True,
            f"{number_of(len(found), 'file differs', 'files differ')}, all inside the batch",
            figures,
        )


def _of_patch(patch: Patch, allowed: frozenset[str]) -> Iterator[str]:
    for path, times in Counter(patch.paths).items():
        if times > 1:
            yield f"{path}: stands {number_of(times, 'time')} in the patch"
        if not _is_plain(path):
            yield f"{path!r}: is no plain path inside the repository"
        elif path not in allowed:
            yield f"{path}: is outside the batch"
    for change in patch.changes:
        if change.before == change.after:
            yield f"{change.path}: stands in the patch and does not change"


def _is_plain(path: str) -> bool:
    parts = path.split("/")
    plain = not any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)
    return plain and "\\" not in path and path.isprintable()


def _of_disk(subject: Subject, found: list[Difference]) -> Iterator[str]:
    stated = {change.path: change for change in subject.patch.changes}
    for difference in found:
        change = stated.pop(difference.path, None)
        detail = f" ({difference.detail})" if difference.detail else ""
        if change is None or difference.path not in subject.allowed:
            yield f"{difference.path}: {difference.how} on disk{detail}, outside the patch"
        elif difference.how != _expected(change) or difference.detail:
            yield f"{difference.path}: {difference.how} on disk{detail}, the patch says {_expected(change)}"
        else:
            yield from _contents(subject, change)
    for path, change in stated.items():
        if change.before != change.after:
            yield f"{path}: {_expected(change)} says the patch, and the disk does not"


def _expected(change: FileChange) -> str:
    if change.before is None:
        return "added"
    return "deleted" if change.after is None else "content"


def _contents(subject: Subject, change: FileChange) -> Iterator[str]:
    sides = ((subject.base_dir, change.before, "before"), (subject.patched_dir, change.after, "after"))
    for root, stated, side in sides:
        if stated is not None and (root / change.path).read_bytes() != stated:
            yield f"{change.path}: its bytes {side} differ between patch and disk"
    if change.before is None and _mode(subject.patched_dir / change.path) & ~NEW_FILE_MODE:
        yield f"{change.path}: a new file may be readable, not executable"


def _mode(path: Path) -> int:
    return path.lstat().st_mode & 0o7111
