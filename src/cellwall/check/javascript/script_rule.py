"""What a rule about scripts is, and how it tells what it found. No rule lives here."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Protocol

from cellwall.check.described import Described
from cellwall.check.edit import Fix
from cellwall.check.finding import Finding
from cellwall.check.gate import Gate
from cellwall.check.javascript.script import Script
from cellwall.check.rule import BY_HAND, Example, Refusal

if TYPE_CHECKING:
    from ast_grep_py import SgNode


class ScriptRule(Described, Protocol):
    """Finds one kind of isolation defect in JavaScript and TypeScript.

    A class without arguments in a file of `cellwall.check.javascript.rules`; what is said of
    `cellwall.check.rule.Rule` holds here too, docstring and examples included.
    """

    VALID: ClassVar[tuple[Example, ...]]
    INVALID: ClassVar[tuple[Example, ...]]

    def gate(self) -> Gate:
        """Tell which scripts may have a finding: a provable superset, decided on the raw bytes."""
        ...

    def check(self, script: Script) -> Iterable[Finding]:
        """Give the findings of one script, each with a fix or a reason."""
        ...


def found(
    rule: ScriptRule, script: Script, node: "SgNode", message: str, outcome: Fix | Refusal = BY_HAND
) -> Finding:
    """Make the finding for `node`; of one over several lines only the first is shown."""
    start, end = script.span(node)
    line, last = script.lines.line_of(start), script.lines.line_of(max(start, end - 1))
    refusal = outcome if isinstance(outcome, Refusal) else None
    return Finding(
        path=script.path,
        line=line,
        column=script.lines.character_column(line, start - script.lines.starts[line - 1]),
        end_line=last,
        end_column=script.lines.character_column(last, end - script.lines.starts[last - 1]),
        rule=rule.name,
        code=rule.code,
        message=message,
        severity=rule.severity,
        fix=outcome if isinstance(outcome, Fix) else None,
        reason=refusal.reason if refusal else None,
        detail=refusal.detail if refusal else "",
        excerpt=script.lines.excerpt(line),
    )
