"""Applies a file's suppressions to its findings, and lets the rules about suppressions judge them."""

from collections.abc import Iterator, Sequence

from cellwall.check.finding import Finding
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.rule import Rule, RuleContext
from cellwall.check.rule_registry import find_rule
from cellwall.check.rule_selection import best_fit, rules_of
from cellwall.check.suppression_rule import SuppressionRule, SuppressionUse
from cellwall.check.suppressions import Suppression, silence, suppressions_in


def judged(
    module: ModuleFacts, findings: Sequence[Finding], rules: Sequence[Rule], context: RuleContext
) -> Sequence[Finding]:
    """Give the findings, the silenced ones marked, and those about the comments themselves."""
    suppressions = suppressions_in(module.source)
    if not suppressions:
        return findings
    strict = context.settings.strict
    marked, used = silence(findings, suppressions, reasons_required=strict)
    uses = list(_uses(module, suppressions, used, context))
    about = [
        finding
        for rule in rules
        if isinstance(rule, SuppressionRule)
        for finding in rule.check_suppressions(module, uses, context)
    ]
    return [*marked, *silence(about, suppressions, reasons_required=strict)[0]]


def _uses(
    module: ModuleFacts,
    suppressions: Sequence[Suppression],
    used: frozenset[tuple[Suppression, str]],
    context: RuleContext,
) -> Iterator[SuppressionUse]:
    ignored = context.settings.ignored_in(module.path)
    ran = [rule for rule in rules_of(context.settings) if best_fit(rule, ignored) < 0]
    names = {name for rule in ran if not isinstance(rule, SuppressionRule) for name in (rule.name, rule.code)}
    for one in suppressions:
        unused = tuple(name for name in one.names if name in names and (one, name) not in used)
        unknown = tuple(name for name in one.names if find_rule(name) is None)
        needs_reason = context.settings.strict and not one.reason  # it could silence nothing anyway
        yield SuppressionUse(one, () if needs_reason else unused, unknown)
