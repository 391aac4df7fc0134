"""What a rule is, what it is told, and what it gives back. No rule lives here."""

import ast
from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar, Final, NamedTuple, Protocol

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.edit import Fix, Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.reason import Reason
from cellwall.check.settings import CheckSettings


class Status(StrEnum):
    """Whether a rule runs by itself: a preview rule runs only when it is asked for."""

    STABLE = "stable"
    PREVIEW = "preview"


class Example(NamedTuple):
    """A short module and its path. `fixed` is what the fix makes of it, None where nothing is repaired."""

    source: str
    fixed: str | None = None
    path: str = "tests/test_example.py"


class Refusal(NamedTuple):
    """Why a place is listed for a human instead of repaired."""

    reason: Reason
    detail: str = ""


BY_HAND: Final = Refusal(Reason.BY_HAND)


class RuleContext(NamedTuple):
    """What a rule may know beside the module: the settings and the facts of the whole project."""

    settings: CheckSettings
    project: ProjectFacts


class Rule(Protocol):
    """Finds one kind of isolation defect, and says how to repair it.

    A rule is a class without arguments in a file of `cellwall.check.rules` (or named by an entry point of
    the group `cellwall.rules`); its docstring is the user's documentation with the headings "What it does",
    "Why it leaks", "Example", "Use instead", "Fix safety". VALID and INVALID are the tests: nothing is found
    in a VALID one, something in each INVALID one. A rule that must know other files has also an attribute
    `summaries` (see `check/summary.py`).

    Attributes:
        name, code: what users select and suppress by; the code is an address in the family's hundred.
        severity: the usual one; a finding may have a lower one.
        status: PREVIEW until its false alarms are counted and few.
        fixes: the most daring kind of repair it offers, None when it offers none.
    """

    name: ClassVar[str]
    code: ClassVar[str]
    family: ClassVar[Family]
    severity: ClassVar[Severity]
    status: ClassVar[Status]
    fixes: ClassVar[Safety | None]
    VALID: ClassVar[tuple[Example, ...]]
    INVALID: ClassVar[tuple[Example, ...]]

    def gate(self, settings: CheckSettings) -> Gate:
        """Tell which files may have a finding: a provable superset, decided on the raw bytes."""
        ...

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give the findings of one module, each with a fix or a reason."""
        ...


def finding(
    rule: Rule | type[Rule],
    module: ModuleFacts,
    node: ast.expr | ast.stmt,
    message: str,
    outcome: Fix | Refusal = BY_HAND,
    *,
    severity: Severity | None = None,
) -> Finding:
    """Make the finding for `node`: line and column are worked out, `outcome` becomes fix or reason."""
    line, end_line = node.lineno, node.end_lineno or node.lineno
    refusal = outcome if isinstance(outcome, Refusal) else None
    return Finding(
        path=module.path,
        line=line,
        column=module.lines.character_column(line, node.col_offset),
        end_line=end_line,
        end_column=module.lines.character_column(end_line, node.end_col_offset or node.col_offset),
        rule=rule.name,
        code=rule.code,
        message=message,
        severity=severity or rule.severity,
        fix=outcome if isinstance(outcome, Fix) else None,
        reason=refusal.reason if refusal else None,
        detail=refusal.detail if refusal else "",
        excerpt=module.lines.excerpt(line),
    )
