"""Makes findings about suppression comments, which are no nodes of the syntax tree."""

from cellwall.check.commented import Commented
from cellwall.check.edit import Fix
from cellwall.check.finding import Finding
from cellwall.check.reason import Reason
from cellwall.check.rule import Rule
from cellwall.check.suppressions import Suppression


def suppression_finding(
    rule: Rule, file: Commented, one: Suppression, message: str, fix: Fix | None = None
) -> Finding:
    """Give the finding that covers a comment."""
    return Finding(
        path=file.path,
        line=one.line,
        column=one.column + 1,
        end_line=one.line,
        end_column=one.column + len(one.text) + 1,
        rule=rule.name,
        code=rule.code,
        message=message,
        severity=rule.severity,
        fix=fix,
        reason=Reason.BY_HAND if fix is None else None,
        excerpt=file.lines.excerpt(one.line),
    )
