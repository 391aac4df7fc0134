"""Collects what each file tells about itself, for the rules that ask. One file at a time."""

from typing import Any

from cellwall.check.file_kind import file_kind
from cellwall.check.gate import Gate, GatedSource
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.rule_selection import rules_of
from cellwall.check.settings import CheckSettings
from cellwall.check.summary import FileSummary, NeedsSummaries


def summaries_needed(settings: CheckSettings) -> list[tuple[FileSummary, Gate]]:
    """Give the summaries that the rules which run ask for, each once, by name, with their gates."""
    needed = {
        summary.name: summary
        for rule in rules_of(settings)
        if isinstance(rule, NeedsSummaries)
        for summary in rule.summaries
    }
    return [(needed[name], needed[name].gate(settings)) for name in sorted(needed)]


def summaries_asked(
    path: str, source: bytes, settings: CheckSettings, needed: list[tuple[FileSummary, Gate]]
) -> list[FileSummary]:
    """Give the summaries whose gate lets a file through."""
    if not needed:
        return []
    kind = file_kind(path, is_test=settings.is_test_file(path))
    about = [(summary, gate) for summary, gate in needed if kind in gate.kinds]
    if not about:
        return []
    gated = GatedSource(source, kind)
    return [summary for summary, gate in about if gated.passes(gate)]


def summarised(module: ModuleFacts, settings: CheckSettings, asked: list[FileSummary]) -> dict[str, Any]:
    """Give what one file has to say, by the summary's name."""
    said = {summary.name: summary.summarise(module, settings) for summary in asked}
    return {name: value for name, value in said.items() if value is not None}
