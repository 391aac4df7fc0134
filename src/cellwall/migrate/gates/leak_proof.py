"""Which new tests of one role noticed a leak: decided from runs of them, which others start."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from cellwall.testing.leak_run import CONTROL, LeakRun

RunDouble = Callable[[str], LeakRun]


@dataclass(slots=True)
class Proof:
    """What is known of new tests.

    Attributes:
        proved: node id -> the double that it noticed, and what it failed by.
        refused: node id, or path of a module without tests, -> why it proves nothing.
    """

    proved: dict[str, tuple[str, str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def refuse(self, what: str, why: str) -> None:
        """Note why something proves nothing; the first reason stays."""
        self.proved.pop(what, None)
        self.refused.setdefault(what, why)

    def take(self, other: "Proof") -> None:
        """Take over what else is known; what was refused stays refused."""
        self.proved.update({node: how for node, how in other.proved.items() if node not in self.refused})
        for what, why in other.refused.items():
            self.refuse(what, why)


def in_order(doubles: Sequence[str], runs: Sequence[LeakRun]) -> RunDouble:
    """Give runs that were made before to whoever asks for them in the same order; some may be passed over."""
    waiting = iter(zip(doubles, runs, strict=True))
    return lambda double: next((run for name, run in waiting if name == double), LeakRun("it was not run"))


def prove(
    proof: Proof, paths: Sequence[str], doubles: Sequence[str], run: RunDouble, beside: Collection[str]
) -> None:
    """Run the modules without a leak, under each double until every test has noticed one, and without again.

    Args:
        proof: what is found goes here.
        paths: the new modules of one role.
        doubles: names of the role's doubles.
        run: runs the modules under a double.
        beside: tests, as node ids without parameters, that do not reach the role.
    """
    waiting = _passing(run(CONTROL), paths, proof)
    for node in sorted(waiting):
        if node.partition("[")[0] in beside:
            waiting.discard(node)
            proof.refuse(node, "it does not reach the role as the project spells it")
    unnoticed: dict[str, list[str]] = {node: [] for node in waiting}
    noticed: set[str] = set()
    for double in doubles:
        if waiting == noticed:
            break
        leaking = run(double)
        for node in sorted(waiting - noticed):
            if by := leaking.noticed(node) if not leaking.not_made else "":
                proof.proved[node] = (double, by)
                noticed.add(node)
            else:
                unnoticed[node].append(f"{double}: {leaking.not_made or _ending(leaking, node)}")
    for node in waiting - noticed:
        proof.refuse(node, "; ".join(unnoticed[node]))
    if noticed:
        _steady(run(CONTROL), noticed, proof)


def _passing(control: LeakRun, paths: Sequence[str], proof: Proof) -> set[str]:
    """Give the tests that pass without a leak; refuse the others, and modules that have none."""
    if control.not_made:
        for path in paths:
            proof.refuse(path, f"no double was made: {control.not_made}")
        return set()
    for path in paths:
        if not any(node.startswith(f"{path}::") for node in control.by_id):
            proof.refuse(path, control.collection_errors.get(path, "it has no test"))
    passing = {node for node, outcome in control.by_id.items() if outcome.outcome == "passed" and outcome.ran}
    for node in control.by_id.keys() - passing:
        proof.refuse(node, f"without a leak: {_ending(control, node)}")
    return passing


def _steady(control: LeakRun, noticed: Collection[str], proof: Proof) -> None:
    for node in sorted(noticed):
        outcome = control.by_id.get(node)
        if outcome is None or outcome.outcome != "passed":
            proof.refuse(node, f"it passed without a leak and then did not: {_ending(control, node)}")


def _ending(run: LeakRun, node: str) -> str:
    outcome, failure = run.by_id.get(node), run.failures.get(node)
    if outcome is None:
        path = node.partition("::")[0]
        why = run.not_made or run.note or "the run did not reach it"
        return f"not run ({run.collection_errors.get(path, why)})"
    words = failure.text if failure else outcome.reason
    return f"{outcome.outcome} ({words})" if words else outcome.outcome
