"""CW001: a suppression that silences nothing."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, final

from cellwall.check.commented import Commented
from cellwall.check.edit import Fix, Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.rule import Example, RuleContext, Status
from cellwall.check.settings import CheckSettings
from cellwall.check.suppression_edits import without_names
from cellwall.check.suppression_finding import suppression_finding
from cellwall.check.suppression_rule import SuppressionUse
from cellwall.check.suppressions import MARK


@final
class UnusedSuppression:
    """A suppression that silences nothing.

    What it does:
        Finds `# cellwall: allow[...]` comments that name a rule which finds nothing there, or a rule that
        does not exist. Rules that are not selected are not judged.

    Why it leaks:
        The comment was written for code that is gone. When a leak comes back to the same line, it is
        silenced before anyone has seen it.

    Example:
        total = 1  # cellwall: allow[shared-session] the session was here

    Use instead:
        total = 1

    Fix safety:
        Safe: the name is taken out of the comment, and the comment goes with its last name.
    """

    name: ClassVar[str] = "unused-suppression"
    code: ClassVar[str] = "CW001"
    family: ClassVar[Family] = Family.SUPPRESSIONS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.SAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import app\n\nSEEN = []\n\n\ndef test_one():\n"
            "    SEEN.append(1)\n\n\ndef test_two():\n    assert SEEN\n\n\n"
            "text = '# cellwall: allow[shared-session] in a string'\n"
        ),
        Example("total = 1  # a cellwall: allow[...] comment is written otherwise\n"),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "total = 1  # cellwall: allow[shared-session] the session was here\n",
            "total = 1\n",
        ),
        Example(
            "def total():\n    # cellwall: allow[no-such-rule] a slip of the pen\n    return 1\n",
            "def total():\n    return 1\n",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the word that stands in every such comment."""
        return Gate.any_of(MARK)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give nothing: comments are judged when the other rules have run."""
        return ()

    def check_suppressions(
        self, file: Commented, uses: Sequence[SuppressionUse], context: RuleContext
    ) -> Iterable[Finding]:
        """Give a finding for each comment with names that silence nothing."""
        for use in uses:
            gone = (*use.unused, *use.unknown)
            if gone:
                fix = Fix((without_names(file, use.suppression, gone),), Safety.SAFE)
                yield suppression_finding(self, file, use.suppression, _message(use), fix)


def _message(use: SuppressionUse) -> str:
    told = [f"`{name}` finds nothing here" for name in use.unused]
    told += [f"no rule is called `{name}`" for name in use.unknown]
    return f"this suppression silences nothing: {', '.join(told)}"
