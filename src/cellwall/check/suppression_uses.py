"""Applies a file's suppressions to its findings, and lets the rules about suppressions judge them."""

from collections.abc import Collection, Iterator, Sequence

from cellwall.check.commented import Commented
from cellwall.check.described import Described
from cellwall.check.finding import Finding
from cellwall.check.rule import RuleContext
from cellwall.check.rule_registry import find_rule
from cellwall.check.rule_selection import best_fit
from cellwall.check.suppression_rule import SuppressionRule, SuppressionUse
from cellwall.check.suppressions import Suppression, silence


def judged(
    file: Commented,
    suppressions: Sequence[Suppression],
    findings: Sequence[Finding],
    ran: Sequence[Described],
    context: RuleContext,
) -> Sequence[Finding]:
    """Give the findings, the silenced ones marked, and those about the comments themselves.

    `ran` are the rules that run with these settings on files of this language, and the rules about comments.
    """
    if not suppressions:
        return findings
    ignored = context.settings.ignored_in(file.path)
    counted = [rule for rule in ran if not ignored or best_fit(rule, ignored) < 0]
    strict = context.settings.strict
    marked, used = silence(findings, suppressions, reasons_required=strict)
    others = [rule for rule in counted if not isinstance(rule, SuppressionRule)]
    names = {name for rule in others for name in (rule.name, rule.code)}
    uses = list(_uses(suppressions, used, names, strict=strict))
    about = [
        finding
        for rule in counted
        if isinstance(rule, SuppressionRule)
        for finding in rule.check_suppressions(file, uses, context)
    ]
    return [*marked, *silence(about, suppressions, reasons_required=strict)[0]]


def _uses(
    suppressions: Sequence[Suppression],
    used: frozenset[tuple[Suppression, str]],
    names: Collection[str],
    *,
    strict: bool,
) -> Iterator[SuppressionUse]:
    for one in suppressions:
        unused = tuple(name for name in one.names if name in names and (one, name) not in used)
        unknown = tuple(name for name in one.names if find_rule(name) is None)
        needs_reason = strict and not one.reason  # it could silence nothing anyway
        yield SuppressionUse(one, () if needs_reason else unused, unknown)
