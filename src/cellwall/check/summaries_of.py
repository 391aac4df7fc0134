"""Collects what each file tells about itself, for the rules that ask. One file at a time."""

from typing import Any

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.gate import GatedSource
from cellwall.check.module_facts import module_facts
from cellwall.check.parse import ParseError
from cellwall.check.rule_selection import rules_of
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import SourceTree
from cellwall.check.summary import FileSummary, NeedsSummaries


def summaries_needed(settings: CheckSettings) -> list[FileSummary]:
    """Give the summaries that the rules which run ask for, each once, by name."""
    needed = {
        summary.name: summary
        for rule in rules_of(settings)
        if isinstance(rule, NeedsSummaries)
        for summary in rule.summaries
    }
    return [needed[name] for name in sorted(needed)]


def file_summaries(
    path: str, source: bytes, settings: CheckSettings, needed: list[FileSummary]
) -> dict[str, Any]:
    """Give what one file has to say, by the summary's name; nothing for a file that does not parse."""
    gated = GatedSource(source)
    asked = [summary for summary in needed if gated.passes(summary.gate(settings))]
    if not asked:
        return {}
    module = module_facts(path, source, ProjectFacts(), is_test=settings.is_test_file(path))
    if isinstance(module, ParseError):
        return {}
    said = {summary.name: summary.summarise(module, settings) for summary in asked}
    return {name: value for name, value in said.items() if value is not None}


def collect_summaries(tree: SourceTree, settings: CheckSettings) -> dict[str, dict[str, Any]]:
    """Give name -> path -> what the file said, over a whole tree; unreadable files say nothing."""
    needed = summaries_needed(settings)
    collected: dict[str, dict[str, Any]] = {summary.name: {} for summary in needed}
    for path in tree.paths() if needed else ():
        try:
            source = tree.read(path)
        except OSError:
            continue
        for name, value in file_summaries(path, source, settings, needed).items():
            collected[name][path] = value
    return collected
