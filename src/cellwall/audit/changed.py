"""What changed since a revision: operations with handlers in changed files, findings on changed lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from cellwall.audit.errors import AuditError
from cellwall.audit.finding import Finding
from cellwall.audit.operation import Operation
from cellwall.check.changed_lines import Ranges, changed_lines


def changed_since(root: Path, revision: str) -> dict[str, Ranges]:
    """Give the changed lines of each changed Python file.

    Raises:
        AuditError: git does not know the revision, or there is no repository.
    """
    try:
        return changed_lines(root, revision)
    except ValueError as error:
        raise AuditError(str(error)) from error


def changed_operations(
    operations: Iterable[Operation], changed: Mapping[str, Ranges]
) -> frozenset[str] | None:
    """Give the operations whose handler's file changed; None, all of them, where no handler is known."""
    known = [each for each in operations if each.place]
    if not known:
        return None
    return frozenset(each.key for each in known if each.place.rpartition(":")[0] in changed)


def on_changed_lines(findings: Iterable[Finding], changed: Mapping[str, Ranges]) -> list[Finding]:
    """Give the findings in code that are on changed lines."""
    found = []
    for each in findings:
        path, _, line = each.place.rpartition(":")
        ranges = changed.get(path, ())
        if not path or any(first <= int(line) <= last for first, last in ranges if line.isdecimal()):
            found.append(each)
    return found
