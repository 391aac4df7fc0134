"""Which rules run: by name, by code or the beginning of a code, stable or preview."""

from collections.abc import Iterable, Sequence

from cellwall.check.described import Described
from cellwall.check.rule import Rule, Status
from cellwall.check.rule_registry import all_rules, every_rule, no_such_rule, own_rules
from cellwall.check.settings import CheckSettings


def rules_of(settings: CheckSettings) -> Sequence[Rule]:
    """Give the rules that run with these settings, by code.

    Raises:
        ValueError: a selector fits no rule; the text says which one may be meant.
    """
    of_files = (selector for _, selectors in settings.per_file_ignores for selector in selectors)
    known_selectors((*settings.rules, *settings.extend, *settings.ignore, *of_files))
    return [rule for rule in all_rules() if runs(rule, settings)]


def foreign_rules(settings: CheckSettings) -> Sequence[Rule]:
    """Give the rules of other distributions that run with these settings, or with those of a folder."""
    ours = {rule.code for rule in own_rules()}
    others = [rule for rule in all_rules() if rule.code not in ours]
    return [
        rule for rule in others if any(runs(rule, each) for each in (settings, *settings.folders.values()))
    ]


def runs(rule: Described, settings: CheckSettings) -> bool:
    """Tell whether one rule runs: the selector that fits it best decides; ignoring wins a draw."""
    wanted = best_fit(rule, (*settings.rules, *settings.extend))
    if wanted < 0 and not settings.rules:
        wanted = 0
    if wanted < 0 or best_fit(rule, settings.ignore) >= wanted:
        return False
    return rule.status is Status.STABLE or settings.preview or wanted >= len(rule.code)


def best_fit(rule: Described, selectors: Iterable[str]) -> int:
    """Give how closely the best of the selectors fits a rule: its length, -1 where none fits."""
    return max((_fit(rule, selector) for selector in selectors), default=-1)


def _fit(rule: Described, selector: str) -> int:
    if selector == "ALL":
        return 0
    if selector == rule.name:
        return len(rule.code)
    return len(selector) if rule.code.startswith(selector) else -1


def known_selectors(selectors: Iterable[str]) -> None:
    """Make sure that each selector fits a rule.

    Raises:
        ValueError: one does not; the text says which one may be meant.
    """
    for selector in selectors:
        if not any(_fit(rule, selector) >= 0 for rule in every_rule()):
            raise ValueError(no_such_rule(selector))
