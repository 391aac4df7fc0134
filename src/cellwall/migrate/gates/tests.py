"""The gate "tests": runs the batch's tests without and with the patch; what held before must hold now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final

from cellwall.check.source_tree import DirectorySourceTree
from cellwall.migrate.gates.evidence import listed
from cellwall.migrate.gates.gate import Subject, Verdict
from cellwall.migrate.gates.outcome_comparison import Comparison, compare, with_retry
from cellwall.migrate.gates.selection import Selection, select
from cellwall.migrate.languages import is_source
from cellwall.project.number_of import number_of
from cellwall.testing.leaky_doubles import traces
from cellwall.testing.measured import Outcomes
from cellwall.testing.tests_of_languages import measure_tests

Measure = Callable[[Subject, Path, Sequence[str]], Outcomes]


def measure(subject: Subject, workspace: Path, paths: Sequence[str]) -> Outcomes:
    """Run test modules of a workspace in the target environment."""
    return measure_tests(subject.environment, workspace, paths, project=subject.project)


@final
@dataclass(slots=True)
class TestsGate:
    """Refuse a patch after which a test that passed fails, that ran is gone or skipped, or that is new fails.

    What failed after the patch is tried once more; what passes then is flaky and named. A run that wrote
    over its own workspace gets no second try.
    """

    __test__ = False

    name: str = "tests"
    measure: Measure = measure

    def judge(self, subject: Subject) -> Verdict:
        """Measure the baseline first, then the patched workspace."""
        if not subject.run_tests:
            return Verdict(self.name, True, "not run", {"ran": False})
        selection = _select(subject)
        if not selection.paths:
            return Verdict(self.name, True, "no test module belongs to this patch", {"ran": False})
        before = self.measure(subject, subject.base_dir, selection.paths)
        start = traces.listing(subject.patched_dir)
        after = self.measure(subject, subject.patched_dir, selection.paths)
        if not before.by_id and not before.complete and not after.by_id:
            return Verdict(
                self.name, True, f"not measured: {before.note}", _figures(before, after, selection)
            )
        found = compare(before, after)
        note = self._retry(subject, start, found)
        figures = {**_figures(before, after, selection), **_lists(found)}
        refusals = [*found.refusals()]
        if before.complete and not after.complete:
            refusals.append(f"the tests could be measured whole before, and cannot now: {after.note}")
        if refusals:
            return Verdict(self.name, False, listed([*refusals, *note]), figures)
        return Verdict(self.name, True, listed(_praise(before, after, found, selection) + note), figures)

    def _retry(self, subject: Subject, start: traces.Listing, found: Comparison) -> list[str]:
        """Try once more what failed, in the workspace as it was; give what people should know of it."""
        again = found.to_retry()
        if not again:
            return []
        left = traces.traces(start, traces.listing(subject.patched_dir))
        if left.spoiled:
            return [f"no second try: the tests wrote over their workspace ({left.spoiled[0]})"]
        traces.remove(subject.patched_dir, left.added)
        modules = sorted({node_id.partition("::")[0] for node_id in again})
        with_retry(found, self.measure(subject, subject.patched_dir, modules))
        notes = [f"flaky: {node_id} failed, then passed" for node_id in found.flaky]
        return notes + [f"flaky without the patch too: {node_id}" for node_id in found.unstable]


def _select(subject: Subject) -> Selection:
    changed = subject.patch.paths
    first = select(changed, subject.patch.batch.paths, ())
    if all(path in first.paths or not is_source(path) for path in changed):
        return first
    trees = [DirectorySourceTree(root) for root in (subject.base_dir, subject.patched_dir)]
    existing = [path for tree in trees for path in (*tree.paths(), *tree.scripts())]
    return select(changed, subject.patch.batch.paths, existing)


def _figures(before: Outcomes, after: Outcomes, selection: Selection) -> dict[str, object]:
    return {
        "ran": True,
        "modules": len(selection.paths),
        "left_out": selection.left_out,
        "before": before.counts,
        "after": after.counts,
        "executed": {side: sum(one.ran for one in o.by_id.values()) for side, o in _sides(before, after)},
        "baseline_collection_errors": sorted(before.collection_errors),
        "overridden": sorted({*before.overridden, *after.overridden}),
        "complete": before.complete and after.complete,
        "note": "; ".join(note for note in (before.note, after.note) if note),
    }


def _sides(before: Outcomes, after: Outcomes) -> tuple[tuple[str, Outcomes], ...]:
    return (("before", before), ("after", after))


def _lists(found: Comparison) -> dict[str, object]:
    return {
        "regressions": sorted(found.regressions),
        "lost": sorted(found.lost),
        "new": sorted(found.new),
        "new_failing": sorted(found.new_bad),
        "collection_errors": sorted(found.collection_errors),
        "flaky": found.flaky,
        "flaky_before": found.unstable,
        "still_failing": sorted(found.still_bad),
        "repaired": sorted(found.repaired),
    }


def _praise(before: Outcomes, after: Outcomes, found: Comparison, selection: Selection) -> list[str]:
    passing = number_of(after.counts["passed"], "test passes", "tests pass")
    passed = f"{passing}, {before.counts['passed']} did before"
    parts = [passed, f"{len(found.new)} new" if found.new else "", _bad(found), _left(selection)]
    lines = ["; ".join(part for part in parts if part)]
    if not after.complete:
        lines.append(f"not measured whole, neither before nor after: {after.note}")
    return lines


def _bad(found: Comparison) -> str:
    return f"{number_of(len(found.still_bad), 'fails', 'fail')} as before" if found.still_bad else ""


def _left(selection: Selection) -> str:
    return f"{number_of(selection.left_out, 'module')} left to the final run" if selection.left_out else ""
