"""Holds the outcomes of a batch's tests before and after a patch against each other. Decides without I/O."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from cellwall.testing.measured import Outcome, Outcomes

_GOOD: Final = frozenset({"passed", "xpassed"})
_BAD: Final = frozenset({"failed", "error"})


@dataclass(slots=True)
class Comparison:
    """What a patch did to tests; every list is sorted, ids with the reason where there is one.

    Attributes:
        regressions: passed before, fails now.
        lost: existed and ran before; does not run now.
        new, new_bad: were not there before; pass, or do not.
        collection_errors: files that could be collected before, with the reason.
        flaky: failed after the patch and passed on the second try.
        unstable: failed before the patch too, and passed on the second try: flaky without the patch.
        still_bad: failed before and after.
        repaired: failed before, pass now.
    """

    regressions: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)
    new_bad: dict[str, str] = field(default_factory=dict)
    collection_errors: dict[str, str] = field(default_factory=dict)
    flaky: list[str] = field(default_factory=list)
    unstable: list[str] = field(default_factory=list)
    still_bad: list[str] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)

    def refusals(self) -> Iterator[str]:
        """Give one line for everything that refuses the patch."""
        for path, reason in self.collection_errors.items():
            yield f"{path}: can no longer be collected: {reason}"
        for node_id, reason in self.regressions.items():
            yield f"{node_id}: passed before, fails now, twice: {reason}"
        for node_id, reason in self.lost.items():
            yield f"{node_id}: ran before, {reason}"
        for node_id, reason in self.new_bad.items():
            yield f"{node_id}: is new and does not pass: {reason}"

    def to_retry(self) -> frozenset[str]:
        """Give the ids that deserve a second try."""
        new = {node_id for node_id, reason in self.new_bad.items() if not reason.startswith("skipped")}
        return frozenset(self.regressions) | new


def compare(before: Outcomes, after: Outcomes) -> Comparison:
    """Compare by test id; what was not collected before is new only if its file was collected."""
    found = Comparison()
    found.collection_errors = {
        path: reason
        for path, reason in sorted(after.collection_errors.items())
        if path not in before.collection_errors
    }
    for node_id in sorted(before.by_id.keys() | after.by_id.keys()):
        old, new = before.by_id.get(node_id), after.by_id.get(node_id)
        if new is None and old is not None:
            found.lost[node_id] = "is not there now"
        elif old is None and new is not None:
            _take_new(found, new, node_id.partition("::")[0] in before.collection_errors)
        elif old is not None and new is not None:
            _take_both(found, old, new)
    return found


def _take_new(found: Comparison, new: Outcome, uncollected_before: bool) -> None:
    if new.outcome in _GOOD:
        found.new.append(new.node_id)
    elif uncollected_before:
        found.still_bad.append(new.node_id)
    else:
        found.new_bad[new.node_id] = f"{new.outcome}: {new.reason}".rstrip(": ")


def _take_both(found: Comparison, old: Outcome, new: Outcome) -> None:
    if new.outcome in _GOOD and new.ran:
        if old.outcome in _BAD:
            found.repaired.append(new.node_id)
    elif old.outcome in _GOOD and new.outcome in _BAD:
        found.regressions[new.node_id] = f"{new.outcome}: {new.reason}".rstrip(": ")
    elif _proved(old) and not _proved(new):
        found.lost[new.node_id] = f"is {new.outcome} now: {new.reason}".rstrip(": ")
    elif new.outcome in _BAD:
        found.still_bad.append(new.node_id)


def _proved(outcome: Outcome) -> bool:
    """Tell whether a test's body ran to a result that counts; an expected failure proves less than a pass."""
    return outcome.ran and outcome.outcome not in ("skipped", "xfailed")


def with_retry(found: Comparison, retried: Outcomes) -> Comparison:
    """Take the second try into account: what passes then is flaky, not worse."""
    passed = {node_id for node_id in retried.ids(*_GOOD) if retried.by_id[node_id].ran}
    found.flaky = sorted(found.to_retry() & passed)
    found.unstable = sorted(passed.intersection(found.still_bad))
    found.regressions = {key: value for key, value in found.regressions.items() if key not in passed}
    found.new += sorted(passed.intersection(found.new_bad))
    found.new_bad = {key: value for key, value in found.new_bad.items() if key not in passed}
    return found
