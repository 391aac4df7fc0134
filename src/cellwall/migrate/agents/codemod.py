"""The built-in agent: applies the safe fixes of the checker's rules to the files of its batch.

A test that it touches gets a docstring (in scripts a comment) that states its isolation, where that can be
read off the test. An import that a repair leaves without a use goes with it.
"""

from cellwall.check.finding import Finding
from cellwall.check.fixer import fix_source
from cellwall.check.javascript.touched_tests import with_script_statements
from cellwall.check.reason import Reason
from cellwall.check.spent_imports import without_spent_imports
from cellwall.check.touched_tests import with_statements
from cellwall.migrate.agents.agent import Request
from cellwall.migrate.batch import FileChange, Patch, Site
from cellwall.migrate.languages import is_script


class CodemodAgent:
    """Repairs what is safe to repair and lists the rest with its reason."""

    name = "codemod"

    def propose(self, request: Request) -> Patch:
        """Fix each file of the batch; a file that is gone or does not parse is left as it is."""
        changes: list[FileChange] = []
        repaired: list[Site] = []
        needs_human: list[Site] = []
        for path in request.batch.paths:
            before = (request.workspace / path).read_bytes()
            result = fix_source(path, before, request.settings, request.facts)
            if result.source != before:
                after = _stated(request, path, before, result.source)
                changes.append(FileChange(path, before, after))
            repaired += [site_of(finding) for finding in result.repaired]
            needs_human += [site_of(finding) for finding in result.remaining if finding.suppressed is None]
        return Patch(request.batch, request.base, tuple(changes), tuple(repaired), tuple(needs_human))


def _stated(request: Request, path: str, before: bytes, after: bytes) -> bytes:
    if is_script(path):
        return with_script_statements(path, before, after)
    after = without_spent_imports(path, before, after, request.settings, request.facts)
    return with_statements(path, before, after, request.settings, request.facts)


def site_of(finding: Finding) -> Site:
    """Give the site of a finding; one with a fix that was not applied was overlapped by another."""
    pattern = finding.fix.pattern if finding.fix else ""
    reason = finding.reason or (Reason.OVERLAPS if finding.fix and not finding.fix.safety else None)
    return Site(
        path=finding.path,
        line=finding.line,
        rule=finding.rule,
        code=finding.code,
        reason=str(reason or ""),
        detail=finding.detail,
        pattern=pattern,
    )
