"""CW002: a suppression that does not say why."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, final

from cellwall.check.commented import Commented
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.rule import Example, RuleContext, Status
from cellwall.check.settings import CheckSettings
from cellwall.check.suppression_finding import suppression_finding
from cellwall.check.suppression_rule import SuppressionUse
from cellwall.check.suppressions import MARK


@final
class SuppressionWithoutReason:
    """A suppression that does not say why.

    What it does:
        Finds `# cellwall: allow[...]` comments without a text after them. In strict mode such a comment
        also silences nothing.

    Why it leaks:
        Nobody can tell an accepted risk from a forgotten one. The next reader keeps the comment because it
        is there, and moves the code under it.

    Example:
        get_agent("triage")  # cellwall: allow[global-registry-access]

    Use instead:
        get_agent("triage")  # cellwall: allow[global-registry-access] the registry itself is tested here

    Fix safety:
        Nothing is repaired: only a person knows the reason.
    """

    name: ClassVar[str] = "suppression-without-reason"
    code: ClassVar[str] = "CW002"
    family: ClassVar[Family] = Family.SUPPRESSIONS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from app.agents import AgentRegistry\n\nAgentRegistry.get_agent('x')"
            "  # cellwall: allow[global-registry-access] the registry itself is tested\n"
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from app.agents import AgentRegistry\n\nAgentRegistry.get_agent('x')"
            "  # cellwall: allow[global-registry-access]\n"
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
        """Give a finding for each comment without a reason."""
        for use in uses:
            if not use.suppression.reason:
                message = "this suppression gives no reason; write why the finding is accepted"
                yield suppression_finding(self, file, use.suppression, message)
