"""Counts of what a run did to files and sites, as functions of its state. No clock, no I/O."""

from collections import Counter
from typing import Any

from cellwall.check.javascript.languages import language_of
from cellwall.migrate.state import BatchState, Stage, State


def merged(state: State) -> list[BatchState]:
    """Give the merged batches in merge order."""
    return sorted((b for b in state.batches.values() if b.stage is Stage.MERGED), key=lambda b: b.id)


def files_in_scope(state: State) -> int:
    """Count the test and test-support files that the plan's scopes reach."""
    return state.surveyed.files_in_scope if state.surveyed else 0


def changed_paths(state: State) -> set[str]:
    """Give every path that a merged batch changed."""
    return {path for batch in merged(state) for path in batch.changed}


def owned_paths(state: State) -> set[str]:
    """Give the paths that merged batches were given and that existed; what else they changed is new."""
    return {path for batch in merged(state) for path in batch.paths if path not in batch.writes}


def files_updated(state: State) -> int:
    """Count the files in scope that merged batches changed; with `files_unchanged` they make the scope."""
    return len(changed_paths(state) & owned_paths(state))


def scripts_updated(state: State) -> int:
    """Count the scripts (JavaScript, TypeScript) among the updated files."""
    return sum(language_of(path) is not None for path in changed_paths(state) & owned_paths(state))


def files_added(state: State) -> int:
    """Count the new files of merged batches."""
    return len(changed_paths(state) - owned_paths(state))


def files_unchanged(state: State) -> int:
    """Count the files in scope that no merged batch changed."""
    return max(0, files_in_scope(state) - files_updated(state))


def files_proposed(state: State) -> int:
    """Count the files that judged or waiting patches would change; what a dry run has to tell of."""
    return len({path for batch in _proposed(state) for path in batch.changed})


def sites_proposed(state: State) -> int:
    """Count the sites that proposed and merged patches repair."""
    return sum(len(batch.repaired) for batch in _proposed(state))


def _proposed(state: State) -> list[BatchState]:
    return [batch for batch in state.live_batches if batch.stage is not Stage.REFUSED]


def repaired_sites(state: State) -> list[dict[str, Any]]:
    """Give the sites that merged batches repaired, in merge order."""
    return [site for batch in merged(state) for site in batch.repaired]


def anti_patterns_removed(state: State) -> int:
    """Count the repaired sites that a rule had found; what a capability added is no removal."""
    return sum(1 for site in repaired_sites(state) if site.get("rule"))


def patterns(state: State) -> dict[str, int]:
    """Give how often each pattern was applied, most often first."""
    names = Counter(str(site["pattern"]) for site in repaired_sites(state) if site.get("pattern"))
    return dict(sorted(names.items(), key=lambda item: (-item[1], item[0])))


def findings_before(state: State) -> int | None:
    """Count the findings in the plan's scopes before the run; None before the survey."""
    return sum(state.surveyed.findings.values()) if state.surveyed else None


def findings_after(state: State) -> int | None:
    """Count the findings on the run's branch at the end; None where it was not measured."""
    return sum(state.findings_after.findings.values()) if state.findings_after else None


def findings_left(state: State) -> int | None:
    """Count the findings that stand now: measured at the end, estimated from the repairs before."""
    measured, before = findings_after(state), findings_before(state)
    if measured is not None or before is None:
        return measured
    return max(0, before - anti_patterns_removed(state))


def findings_by_rule(state: State) -> dict[str, dict[str, int | None]]:
    """Give each rule's findings before and after; after is None where it was not measured."""
    before = state.surveyed.findings if state.surveyed else {}
    after = state.findings_after.findings if state.findings_after else None
    return {
        rule: {"before": before.get(rule, 0), "after": None if after is None else after.get(rule, 0)}
        for rule in sorted({*before, *(after or {})})
    }
